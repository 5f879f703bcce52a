package calls

import "golang.org/x/sys/unix"

// Waiting for events.
var watchSets = []set{
	{of: pollEvents, bits: 16, flags: []value{
		{unix.POLLIN, "POLLIN"}, {unix.POLLPRI, "POLLPRI"}, {unix.POLLOUT, "POLLOUT"}, {unix.POLLERR, "POLLERR"},
		{unix.POLLHUP, "POLLHUP"}, {unix.POLLNVAL, "POLLNVAL"}, {0x2000, "POLLRDHUP"},
	}},
	{of: epollEvents, bits: 32, flags: []value{
		{unix.EPOLLIN, "EPOLLIN"}, {unix.EPOLLPRI, "EPOLLPRI"}, {unix.EPOLLOUT, "EPOLLOUT"}, {unix.EPOLLERR, "EPOLLERR"},
		{unix.EPOLLHUP, "EPOLLHUP"}, {unix.EPOLLRDHUP, "EPOLLRDHUP"}, {unix.EPOLLEXCLUSIVE, "EPOLLEXCLUSIVE"},
		{unix.EPOLLWAKEUP, "EPOLLWAKEUP"}, {unix.EPOLLONESHOT, "EPOLLONESHOT"}, {unix.EPOLLET, "EPOLLET"},
	}},
	{of: epollOperation, bits: 32, enum: []value{
		{unix.EPOLL_CTL_ADD, "EPOLL_CTL_ADD"}, {unix.EPOLL_CTL_DEL, "EPOLL_CTL_DEL"}, {unix.EPOLL_CTL_MOD, "EPOLL_CTL_MOD"},
	}},
	{of: epollFlags, bits: 32, flags: []value{
		{unix.EPOLL_CLOEXEC, "EPOLL_CLOEXEC"},
	}},
	{of: eventFlags, bits: 32, flags: []value{
		{unix.EFD_SEMAPHORE, "EFD_SEMAPHORE"}, {unix.EFD_CLOEXEC, "EFD_CLOEXEC"}, {unix.EFD_NONBLOCK, "EFD_NONBLOCK"},
	}},
	{of: signalFlags, bits: 32, flags: []value{
		{unix.SFD_CLOEXEC, "SFD_CLOEXEC"}, {unix.SFD_NONBLOCK, "SFD_NONBLOCK"},
	}},
	{of: timerfdFlags, bits: 32, flags: []value{
		{unix.TFD_CLOEXEC, "TFD_CLOEXEC"}, {unix.TFD_NONBLOCK, "TFD_NONBLOCK"},
	}},
	{of: timerfdSetFlags, bits: 32, flags: []value{
		{unix.TFD_TIMER_ABSTIME, "TFD_TIMER_ABSTIME"}, {unix.TFD_TIMER_CANCEL_ON_SET, "TFD_TIMER_CANCEL_ON_SET"},
	}},
	{of: inotifyFlags, bits: 32, flags: []value{
		{unix.IN_CLOEXEC, "IN_CLOEXEC"}, {unix.IN_NONBLOCK, "IN_NONBLOCK"},
	}},
	{of: inotifyMask, bits: 32, flags: []value{
		{unix.IN_ACCESS, "IN_ACCESS"}, {unix.IN_MODIFY, "IN_MODIFY"}, {unix.IN_ATTRIB, "IN_ATTRIB"},
		{unix.IN_CLOSE_WRITE, "IN_CLOSE_WRITE"}, {unix.IN_CLOSE_NOWRITE, "IN_CLOSE_NOWRITE"}, {unix.IN_OPEN, "IN_OPEN"},
		{unix.IN_MOVED_FROM, "IN_MOVED_FROM"}, {unix.IN_MOVED_TO, "IN_MOVED_TO"}, {unix.IN_CREATE, "IN_CREATE"},
		{unix.IN_DELETE, "IN_DELETE"}, {unix.IN_DELETE_SELF, "IN_DELETE_SELF"}, {unix.IN_MOVE_SELF, "IN_MOVE_SELF"},
		{unix.IN_ONLYDIR, "IN_ONLYDIR"}, {unix.IN_DONT_FOLLOW, "IN_DONT_FOLLOW"}, {unix.IN_EXCL_UNLINK, "IN_EXCL_UNLINK"},
		{unix.IN_MASK_CREATE, "IN_MASK_CREATE"}, {unix.IN_MASK_ADD, "IN_MASK_ADD"}, {unix.IN_ISDIR, "IN_ISDIR"},
		{unix.IN_ONESHOT, "IN_ONESHOT"},
	}},
	{of: fanotifyFlags, bits: 32, flags: []value{
		{unix.FAN_CLOEXEC, "FAN_CLOEXEC"}, {unix.FAN_NONBLOCK, "FAN_NONBLOCK"}, {unix.FAN_CLASS_CONTENT, "FAN_CLASS_CONTENT"},
		{unix.FAN_CLASS_PRE_CONTENT, "FAN_CLASS_PRE_CONTENT"}, {unix.FAN_UNLIMITED_QUEUE, "FAN_UNLIMITED_QUEUE"},
		{unix.FAN_UNLIMITED_MARKS, "FAN_UNLIMITED_MARKS"}, {unix.FAN_ENABLE_AUDIT, "FAN_ENABLE_AUDIT"},
		{unix.FAN_REPORT_PIDFD, "FAN_REPORT_PIDFD"}, {unix.FAN_REPORT_TID, "FAN_REPORT_TID"},
		{unix.FAN_REPORT_FID, "FAN_REPORT_FID"}, {unix.FAN_REPORT_DIR_FID, "FAN_REPORT_DIR_FID"},
		{unix.FAN_REPORT_NAME, "FAN_REPORT_NAME"}, {unix.FAN_REPORT_TARGET_FID, "FAN_REPORT_TARGET_FID"},
	}},
	{of: fanotifyMarkFlags, bits: 32, flags: []value{
		{unix.FAN_MARK_ADD, "FAN_MARK_ADD"}, {unix.FAN_MARK_REMOVE, "FAN_MARK_REMOVE"},
		{unix.FAN_MARK_DONT_FOLLOW, "FAN_MARK_DONT_FOLLOW"}, {unix.FAN_MARK_ONLYDIR, "FAN_MARK_ONLYDIR"},
		{unix.FAN_MARK_MOUNT, "FAN_MARK_MOUNT"}, {unix.FAN_MARK_IGNORED_MASK, "FAN_MARK_IGNORED_MASK"},
		{unix.FAN_MARK_IGNORED_SURV_MODIFY, "FAN_MARK_IGNORED_SURV_MODIFY"}, {unix.FAN_MARK_FLUSH, "FAN_MARK_FLUSH"},
		{unix.FAN_MARK_FILESYSTEM, "FAN_MARK_FILESYSTEM"}, {unix.FAN_MARK_EVICTABLE, "FAN_MARK_EVICTABLE"},
		{unix.FAN_MARK_IGNORE, "FAN_MARK_IGNORE"},
	}},
}
