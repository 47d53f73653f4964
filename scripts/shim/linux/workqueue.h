/* SPDX-License-Identifier: GPL-2.0 */
/* Work runs at once. */
#ifndef SHIM_LINUX_WORKQUEUE_H
#define SHIM_LINUX_WORKQUEUE_H

struct work_struct {
	void (*func)(struct work_struct *work);
};

#define INIT_WORK(work, f)		((work)->func = (f))
#define schedule_work(work)		((work)->func(work))
#define cancel_work_sync(work)		((void)(work))

#endif
