"""Brings the plugin into a Krita and takes it out again: `python -m installer install` and `uninstall`."""
