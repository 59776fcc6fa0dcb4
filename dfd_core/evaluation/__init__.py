"""`dfd eval`: how good the portraits are, beside retrieval and a pix2pix-style U-Net. Never imported to render."""
