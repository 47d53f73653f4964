# SPDX-License-Identifier: GPL-2.0
#
# The targets that users call. The module itself is built by Kbuild and module/Kbuild.

KDIR ?= /lib/modules/$(shell uname -r)/build

all:
	@[ -e "$(KDIR)/Makefile" ] || { echo "make: no kernel headers in $(KDIR);" \
		"on Debian: apt-get install linux-headers-$$(uname -r)" >&2; exit 1; }
	$(MAKE) -C "$(KDIR)" M="$(CURDIR)" modules

demo check bench:
	@scripts/$@

kunit:
	@KTREE="$(KTREE)" SUITE="$(SUITE)" scripts/kunit

check-kernels check-arch check-all:
	@scripts/check $(@:check-%=%)

pcap:
	@[ -e /usr/include/pcap/pcap.h ] || { echo "make: no libpcap to build with;" \
		"on Debian: apt-get install libpcap-dev" >&2; exit 1; }
	@$(MAKE) -s -C scripts/tools/pcap
	@echo "scripts/tools/pcap/twr-pcap is built"

install uninstall dkms dkms-remove:
	@KDIR="$(KDIR)" DESTDIR="$(DESTDIR)" MAKE="$(MAKE)" scripts/packaging/install $@

dkms-source:
	@scripts/packaging/package source "$(DESTDIR)"

deb rpm:
	@scripts/packaging/package $@ ..

html:
	@command -v sphinx-build >/dev/null || { echo "make: no sphinx-build;" \
		"on Debian: apt-get install python3-sphinx" >&2; exit 1; }
	sphinx-build -q -W -b html Documentation Documentation/html

clean:
	@[ ! -e "$(KDIR)/Makefile" ] || $(MAKE) -C "$(KDIR)" M="$(CURDIR)" clean
	$(MAKE) -C scripts/tests/replay clean
	$(MAKE) -C scripts/tests/pelt clean
	$(MAKE) -C scripts/tools/pcap clean
	rm -rf Documentation/html

help:
	@echo "make            build module/tw_recycle_sim.ko for the running kernel (KDIR=... for another)"
	@echo "make demo       boot a server and clients, and count what a NAT would lose (root)"
	@echo "make check      run the tests, in guests (root)"
	@echo "make kunit      run the KUnit suites in user-mode Linux (SUITE=era: one; KTREE=FOLDER: on your kernel)"
	@echo "make check-kernels  build and test for each stock kernel in scripts/guests/kernels (root)"
	@echo "make check-arch     build and test for each architecture in scripts/guests/architectures (root)"
	@echo "make check-all  all of these, and the slow tests: fuzzers, races, endurance (root)"
	@echo "make bench      measure what the module costs, in guests (root)"
	@echo "make pcap       build twr-pcap, which reads captures and needs no module"
	@echo "make install    install for modprobe (INSTALL_MOD_PATH=FOLDER, INSTALL_MOD_DIR=...),"
	@echo "                and the programs into PREFIX=/usr/local; make uninstall removes both"
	@echo "make dkms       build with dkms, now and for each new kernel; make dkms-remove undoes it"
	@echo "make dkms-source DESTDIR=FOLDER"
	@echo "                copy the source for dkms to FOLDER/usr/src"
	@echo "make deb        build the Debian packages of the module and of the programs, into .."
	@echo "make rpm        build the RPM packages for Fedora, RHEL and openSUSE, into .."
	@echo "make html       build the documentation"
	@echo "make clean      remove all that was built"

.PHONY: all demo check bench kunit pcap check-kernels check-arch check-all install uninstall dkms dkms-remove dkms-source deb rpm html clean help
