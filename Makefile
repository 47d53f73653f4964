# SPDX-License-Identifier: GPL-2.0
#
# What a user types. The module itself is described in Kbuild and module/Kbuild.

KDIR ?= /lib/modules/$(shell uname -r)/build

.PHONY: all clean demo check help

all: have-kdir
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

clean: have-kdir
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean

.PHONY: have-kdir
have-kdir:
	@test -e $(KDIR)/Makefile || { \
		echo "make: no kernel to build for in $(KDIR):" \
		     "install its headers, or give KDIR=<folder>" >&2; exit 1; }

demo:
	@scripts/demo

check:
	@scripts/check

help:
	@echo 'make          build module/tw_recycle_sim.ko for the running kernel (or KDIR=<folder>)'
	@echo 'make demo     boot guests and show the failure behind NAT being counted (root, Debian 12)'
	@echo 'make check    every test (root, Debian 12)'
	@echo 'make clean    remove what make has built'
