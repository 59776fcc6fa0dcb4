"""Krita's byte order to numpy and back."""

import numpy as np

from krita_dfd import pixels


def test_decode_gives_rgba() -> None:
    """Krita's 8-bit order is blue, green, red, alpha."""
    data = bytes([3, 2, 1, 255, 30, 20, 10, 128])
    assert pixels.decode(data, 2, 1).tolist() == [[[1, 2, 3, 255], [10, 20, 30, 128]]]


def test_encode_undoes_decode() -> None:
    data = np.random.default_rng(0).integers(0, 256, 5 * 3 * 4, dtype=np.uint8).tobytes()
    decoded = pixels.decode(data, 5, 3)
    assert decoded.shape == (3, 5, 4)
    assert pixels.encode(decoded) == data
