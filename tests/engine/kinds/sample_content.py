"""The files of a small site."""

from pathlib import Path
from tempfile import gettempdir

from tests.engine.kinds.sample import Beside, Sample

ONE, OTHER = Path(gettempdir()) / "genesys-sample-site-1", Path(gettempdir()) / "genesys-sample-site-2"


def write(_endpoint: str) -> None:
    for folder, pages in ((ONE, ("index", "about")), (OTHER, ("index", "contact"))):
        (folder / "assets").mkdir(parents=True, exist_ok=True)
        (folder / "assets" / "site.css").write_text("body { margin: 0 }")
        for page in pages:
            (folder / f"{page}.html").write_text(f"<h1>{folder.name} {page}</h1>")


SAMPLE = Sample(
    name="acme-pages/docs/",
    prepare=write,
    beside=(Beside("bucket", "acme-pages"),),
    spec={"bucket": "acme-pages", "source": str(ONE)},
    hostile=("acme-pages", "A/", "acme-pages//"),
)
