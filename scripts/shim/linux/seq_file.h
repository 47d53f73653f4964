/* SPDX-License-Identifier: GPL-2.0 */
/*
 * linux/seq_file.h - compat.h includes it. No file that user space shares prints by it.
 */
#ifndef TWR_SHIM_SEQ_FILE_H
#define TWR_SHIM_SEQ_FILE_H

#define DEFINE_SEQ_ATTRIBUTE(name)

#endif /* TWR_SHIM_SEQ_FILE_H */
