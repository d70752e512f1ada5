"""What of the user's surroundings comes into a container."""

from __future__ import annotations

from pathlib import Path

from genesys_tui.engine.functions.workshop.surroundings import files_named, passed_on


def test_settings_of_indexes_proxies_and_certificates_are_passed_on() -> None:
    passed = {
        "UV_INDEX_URL": "https://index.example/simple",
        "UV_INDEX_PRIVATE_PASSWORD": "secret",
        "PIP_CERT": "/ca.pem",
        "npm_config_registry": "https://npm.example",
        "GOPROXY": "off",
        "https_proxy": "http://proxy:1",
        "NO_PROXY": "localhost",
        "SSL_CERT_FILE": "/ca.pem",
    }
    kept_out = {
        "AWS_SECRET_ACCESS_KEY": "secret",
        "GENESYS_HOME": "/home",
        "PATH": "/bin",
        "UV_CACHE_DIR": "/cache",
        "UV_PYTHON": "/python",
        "UV_PROJECT_ENVIRONMENT": "/venv",
        "npm_config_cache": "/npm",
        "PIP_TARGET": "/target",
        "UV_EMPTY": "",
    }
    assert passed_on(passed | kept_out) == passed


def test_a_proxy_of_our_own_takes_the_place_of_all() -> None:
    passed = passed_on({"HTTP_PROXY": "http://a", "all_proxy": "http://b", "NO_PROXY": "localhost"}, "http://c")
    names = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    assert passed == dict.fromkeys(names, "http://c") | {"NO_PROXY": "localhost"}


def test_the_files_that_settings_lie_in_and_name(tmp_path: Path) -> None:
    home = tmp_path / "home"
    index, more, links = (tmp_path / name for name in ("index", "more index", "links"))
    for folder in (home / ".config" / "uv", index, more, links):
        folder.mkdir(parents=True)
    (home / ".netrc").touch()
    toml = home / ".config" / "uv" / "uv.toml"
    toml.write_text(f'[[index]]\nurl = "file://{index}"\n')
    certificate = tmp_path / "ca of ours.pem"
    certificate.touch()
    within = links / "ca.pem"
    within.touch()
    variables = {
        "SSL_CERT_FILE": str(certificate),
        "PIP_CERT": str(within),
        "UV_FIND_LINKS": f"https://links.example {links}",
        "UV_INDEX": f"ours=file://{index} https://index.example/simple",
        "PIP_INDEX_URL": f"{tmp_path / 'gone'}",
        "UV_INDEX_URL": "https://index.example/root/simple",
    }
    found = files_named(variables, home)
    assert [path for path in found if tmp_path in path.parents] == sorted(
        [certificate, home / ".netrc", index, links, toml]
    )
