/* SPDX-License-Identifier: GPL-2.0 */
/* Every allocation may sleep. */
#ifndef SHIM_LINUX_GFP_H
#define SHIM_LINUX_GFP_H

#define GFP_KERNEL	0
#define __GFP_NOWARN	0

#endif
