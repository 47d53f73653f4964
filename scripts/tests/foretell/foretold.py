#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# foretold.py tables FOLDER      - compares foretell.py with the recorded answers
#                                  in FOLDER
# foretold.py plays FOLDER SAID  - compares it with what foretell.sh left in the
#                                  file SAID when it played the scripts in FOLDER
#
# Prints each difference, then how much it compared. Fails if there is a difference.

import collections
import glob
import os
import sys

from foretell import foretell, read_script


class Count:
    def __init__(self):
        self.scripts = set()
        self.verdicts = collections.Counter()
        self.differ = 0

    def compare(self, script, era, mode, answers):
        """answers: {line: word}"""
        steps = read_script(script)
        self.scripts.add(script)
        for line, wanted in foretell(steps, era, mode):
            self.verdicts[wanted] += 1
            if line not in answers:
                sys.exit("%s, era %s: line %d has no answer" %
                         (script, era, line))
            if wanted != "?" and \
               (wanted == "rejected") != (answers[line] == "rejected"):
                self.differ += 1
                print("%s, era %s, %s: line %d should be %s, is %s" %
                      (os.path.basename(script), era, mode, line, wanted,
                       answers[line]))

    def report(self):
        print("%d scripts, %d verdicts, %d rejected, %d skipped, %d differ" %
              (len(self.scripts), sum(self.verdicts.values()),
               self.verdicts["rejected"], self.verdicts["?"], self.differ))
        return self.differ > 0


def tables(count, folder):
    for name in sorted(glob.glob(folder + "/*.expected")):
        with open(name) as f:
            rows = [row.split() for row in f]
        for n, era in enumerate(rows[0][2:], 1):
            count.compare(name.replace(".expected", ".tw"), era, "recorded",
                          {int(row[0]): row[n] for row in rows[1:]})


def plays(count, folder, said):
    play, answers = None, {}
    with open(said) as f:
        for words in map(str.split, f):
            if words[0] == "play":
                play, answers = words[1:], {}
            elif words[0] == "played":
                count.compare("%s/%s" % (folder, play[0]), *play[1:], answers)
                play = None
            elif play and len(words) == 2:
                answers[int(words[0])] = words[1]
            else:
                sys.exit(" ".join(words))


def main():
    count = Count()
    if sys.argv[1:2] == ["tables"] and len(sys.argv) == 3:
        tables(count, sys.argv[2])
    elif sys.argv[1:2] == ["plays"] and len(sys.argv) == 4:
        plays(count, *sys.argv[2:])
    else:
        sys.exit("usage: foretold.py tables FOLDER | plays FOLDER SAID")
    sys.exit(count.report())


if __name__ == "__main__":
    main()
