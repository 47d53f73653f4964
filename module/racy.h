/* SPDX-License-Identifier: GPL-2.0 */
/*
 * racy.h - read a field of a socket without holding the socket's lock
 */
#ifndef TWR_RACY_H
#define TWR_RACY_H

#include <linux/compiler.h>

#include "compat.h"

/*
 * TCP may write to the field at this moment, and not every writer in TCP marks its writes
 * with WRITE_ONCE(). The reader gets the value from before or from after the write: see
 * "Races" in Documentation/design.rst.
 */
#define twr_read_racy(field)		data_race(READ_ONCE(field))

#endif /* TWR_RACY_H */
