"""Find a browser to drive, or get one; run before the tests by ``make test``."""

import os
import shutil
import subprocess
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "There is no browser to drive, and none could be installed. Install Chromium or Chrome, or "
    "set PORTOLAN_BROWSER to the path of one; without it the browser tests are skipped.\n"
)


def installed_browser():
    """The browser asked for by PORTOLAN_BROWSER, else an installed one, else none."""
    return os.environ.get("PORTOLAN_BROWSER") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )


def from_debian():
    """Install Debian's package, where there is apt and the right to use it."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    quiet = {
        "stdout": subprocess.DEVNULL,
        "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
    }
    subprocess.run(["apt-get", "update"], check=False, **quiet)
    got = subprocess.run(["apt-get", "install", "-y", "chromium"], check=False, **quiet)
    return got.returncode == 0 and installed_browser() is not None


def playwrights_own(command):
    """Whether Playwright has a browser of its own after this command."""
    return subprocess.run([sys.executable, "-c", command], check=False).returncode == 0


LAUNCH = (
    "from playwright.sync_api import sync_playwright\n"
    "with sync_playwright() as p: p.chromium.launch(args=['--no-sandbox']).close()"
)


def main():
    """Say which browser there is; fail on a build server that has none."""
    if installed_browser() or from_debian():
        sys.stdout.write(f"Browser: {installed_browser()}\n")
        return 0
    download = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(download, check=False).returncode == 0 and playwrights_own(LAUNCH):
        sys.stdout.write("Browser: Playwright's own Chromium\n")
        return 0
    sys.stderr.write(MISSING)
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
