/* SPDX-License-Identifier: GPL-2.0 */
/*
 * peek.h - a field of a socket that nobody holds for the module
 */
#ifndef TWR_PEEK_H
#define TWR_PEEK_H

#include <linux/compiler.h>

#include "compat.h"

/*
 * Its owner may write there at this moment, and not every writer in TCP says that others
 * read: what comes of it is the value from before or from after, see Races in
 * Documentation/design.rst.
 */
#define twr_peek(field)		data_race(READ_ONCE(field))

#endif /* TWR_PEEK_H */
