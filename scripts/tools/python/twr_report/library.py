# SPDX-License-Identifier: GPL-2.0
#
# library: finds Chart.js, which the page draws with

import re

from common.failure import Failure

PACKAGE = "libjs-chart.js"
LIBRARIES = [
    "/usr/share/javascript/chart.js/chart.min.js",
    "/usr/share/javascript/chart.js/chart.umd.js",
    "/usr/share/nodejs/chart.js/dist/chart.umd.js",
    "/usr/share/nodejs/chart.js/dist/chart.min.js",
    "/usr/local/lib/node_modules/chart.js/dist/chart.umd.js",
    "/usr/lib/node_modules/chart.js/dist/chart.umd.js",
]


def find_library(path):
    places = [path] if path else LIBRARIES
    for place in places:
        try:
            with open(place, encoding="utf-8") as file:
                text = file.read()
        except UnicodeDecodeError:
            raise Failure("%s: not text, so not Chart.js" % place)
        except OSError as err:
            if path:
                raise Failure("%s: %s" % (place, err.strerror))
            continue
        version = re.search(r"Chart\.js v([0-9]+)\.", text[:500])
        if not version:
            raise Failure("%s: its beginning does not say that it is Chart.js" % place)
        if int(version.group(1)) < 3:
            raise Failure("%s: Chart.js %s, 3 or newer is needed" % (place, version.group(1)))
        # Neither of these may end the script element.
        return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")
    raise Failure("no Chart.js found; on Debian: apt-get install %s, elsewhere: --chart-js FILE"
                  % PACKAGE)
