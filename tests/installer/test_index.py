"""Where wheels are looked for: the user's choice, pip's configuration, the list's addresses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from wheelhouse import House

from installer import index
from installer.fetch import Fetcher
from installer.index import Sources, configured, links, pip_settings


def test_without_any_settings_the_list_s_addresses_are_used() -> None:
    assert configured() == Sources()


def test_a_mirror_is_asked_first(house: House, tmp_path: Path) -> None:
    wheel = house.pin("torch")
    elsewhere = type(wheel)(**{**vars(wheel), "url": "http://127.0.0.1:9/torch.whl"})
    Fetcher(tmp_path, configured(index=f"{house.address}/simple/")).get(elsewhere)
    assert [request.split()[0] for request in house.requests] == ["/simple/torch/", f"/files/{wheel.file}"]


def test_a_mirror_without_the_wheel_is_passed_over(house: House, tmp_path: Path) -> None:
    wheel = house.pin("torch")
    sources = Sources(indexes=(f"{house.address}/nothing",))
    assert Fetcher(tmp_path, sources).get(wheel).is_file()


def test_pip_s_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", f"https://more/simple {tmp_path.as_uri()}")
    monkeypatch.setenv("PIP_FIND_LINKS", f"{tmp_path} https://page/ /gone")
    monkeypatch.setenv("PIP_PROXY", "proxy:3128")
    found = configured()
    assert found.indexes == ("https://mirror/simple", "https://more/simple")
    assert found.folders == (tmp_path, tmp_path)
    assert found.pages == ("https://page/",)
    assert found.proxy == "proxy:3128"
    assert not found.offline


def test_what_the_user_chose_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://more/simple")
    found = configured("https://mine/simple", tmp_path, "http://p", offline=True)
    assert found == Sources((tmp_path,), ("https://mine/simple",), (), True, "http://p")


def test_pip_s_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "pip.conf"
    path.write_text("[global]\nindex-url = https://one/simple\nproxy = p\n[install]\nno-index = true\n")
    monkeypatch.setattr(index, "_pip_files", lambda: [tmp_path / "missing", path])
    assert pip_settings() == {"index-url": "https://one/simple", "proxy": "p", "no-index": "true"}
    assert configured().offline
    monkeypatch.setenv("PIP_INDEX_URL", "https://two/simple")
    assert pip_settings()["index-url"] == "https://two/simple"


def test_a_damaged_file_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_bytes(b"\xff\xfe[[[")
    monkeypatch.setattr(index, "_pip_files", lambda: [tmp_path / "pip.conf"])
    monkeypatch.delenv("PIP_CONFIG_FILE")
    assert pip_settings() == {}


def test_pages() -> None:
    html = b'<base href="https://files/x/"><a href="a-1.whl#sha256=00">a</a><a>none</a><a href="/b-1.whl">b</a>'
    assert links("https://host/simple/a/", "text/html", html) == ["https://files/x/a-1.whl", "https://files/b-1.whl"]
    page = json.dumps({"files": [{"url": "../../a-1.whl"}]}).encode()
    assert links("https://host/simple/a/", index.JSON, page) == ["https://host/a-1.whl"]


def test_a_proxy_is_used(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small server gets the request for a host that does not exist."""
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    wheel = house.pin("numpy")
    elsewhere = type(wheel)(**{**vars(wheel), "url": f"http://nowhere.invalid/files/{wheel.file}"})
    with pytest.raises(Exception, match="404"):
        Fetcher(tmp_path, Sources(proxy=house.address)).get(elsewhere)
    assert house.requests == [f"http://nowhere.invalid/files/{wheel.file}"]
