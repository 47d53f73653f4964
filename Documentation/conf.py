# SPDX-License-Identifier: GPL-2.0
#
# Sphinx: sphinx-build -W Documentation OUT

project = "tw_recycle_sim"
copyright = "the tw_recycle_sim authors"
master_doc = "index"
html_theme = "alabaster"
html_theme_options = {
    "description": "what tcp_tw_recycle would have dropped here",
}
# Options begin with two hyphens, which smart quotes would turn into a dash.
smartquotes = False
