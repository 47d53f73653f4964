/* SPDX-License-Identifier: GPL-2.0 */
/*
 * racy.h - a field of a socket that nobody holds for the module
 */
#ifndef TWR_RACY_H
#define TWR_RACY_H

#include <linux/compiler.h>

#include "compat.h"

/*
 * Its owner may write there at this moment, and not every writer in TCP says that others
 * read: what comes of it is the value from before or from after, see Races in
 * Documentation/design.rst.
 */
#define twr_read_racy(field)		data_race(READ_ONCE(field))

#endif /* TWR_RACY_H */
