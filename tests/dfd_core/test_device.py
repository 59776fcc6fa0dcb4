"""Which device the networks run on."""

from __future__ import annotations

import pytest
import torch

from dfd_core.device import fast_precision, memory_is_full, pick_device, spare_threads
from dfd_core.errors import DfdError


def test_cpu_is_always_there() -> None:
    assert pick_device("cpu") == torch.device("cpu")


def test_auto_is_a_device_that_works() -> None:
    assert torch.ones(2, device=pick_device("auto")).sum().item() == 2


@pytest.mark.parametrize("name", ["gpu", "cpu:x", "meta", ""])
def test_no_such_device(name: str) -> None:
    with pytest.raises(DfdError, match="use 'cpu' or 'auto'"):
        pick_device(name)


class TestPrecision:
    def test_is_single_where_the_processor_has_no_bfloat16(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False, raising=False)
        assert fast_precision(torch.device("cpu")) == torch.float32

    def test_is_bfloat16_where_the_processor_has_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True, raising=False)
        assert fast_precision(torch.device("cpu")) == torch.bfloat16
        assert fast_precision(torch.device("cuda:0")) == torch.float32

    def test_is_single_for_a_torch_that_cannot_tell(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(torch.cpu, "_is_avx512_bf16_supported", raising=False)
        assert fast_precision(torch.device("cpu")) == torch.float32


class TestSpareThreads:
    @pytest.mark.parametrize(("processors", "threads"), [(1, 1), (2, 1), (4, 2), (8, 4), (32, 4), (None, 1)])
    def test_leave_half_of_the_processors(
        self, monkeypatch: pytest.MonkeyPatch, processors: int | None, threads: int
    ) -> None:
        monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
        monkeypatch.setattr("os.cpu_count", lambda: processors)
        assert spare_threads() == threads

    @pytest.mark.parametrize(("wish", "threads"), [("3", 3), ("12", 12), ("0", 1), ("2,1", 4)])
    def test_are_as_many_as_the_user_says(self, monkeypatch: pytest.MonkeyPatch, wish: str, threads: int) -> None:
        monkeypatch.setenv("OMP_NUM_THREADS", wish)
        monkeypatch.setattr("os.cpu_count", lambda: 8)
        assert spare_threads() == threads


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 9.06 GB)"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), True),
        (RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"), True),
        (RuntimeError("CUDA error: device-side assert triggered"), False),
    ],
)
def test_a_full_memory_is_known_by_what_the_device_says(error: RuntimeError, full: bool) -> None:
    assert memory_is_full(error) == full
