package main

// #include <stdlib.h>
// #include "boundary.h"
import "C"

import (
	"sync"
	"unsafe"

	"gosandbox/core"
)

var logger struct {
	sync.RWMutex
	level    uint32
	callback C.gosandbox_log_cb
	payload  unsafe.Pointer
}

//export boundarySetLog
func boundarySetLog(level C.uint32_t, callback C.gosandbox_log_cb, payload unsafe.Pointer, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	if callback != nil && (level < core.LogError || level > core.LogDebug) {
		err = invalid("unknown log level %d", level)
		return
	}
	logger.Lock()
	defer logger.Unlock()
	logger.level, logger.callback, logger.payload = uint32(level), callback, payload
	return
}

// logText hands a text to the host, when it wants it.
func logText(level uint32, text string) {
	logger.RLock()
	callback, payload, wanted := logger.callback, logger.payload, logger.level
	logger.RUnlock()
	if callback == nil || level > wanted {
		return
	}
	c := C.CString(text)
	defer C.free(unsafe.Pointer(c))
	C.boundary_log(callback, C.uint32_t(level), c, payload)
}
