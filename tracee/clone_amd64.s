#include "textflag.h"

// func cloneOnto(flags, stack uintptr, pidfd *int32, p *plan) uintptr
TEXT ·cloneOnto(SB), NOSPLIT, $0-40
	MOVQ flags+0(FP), DI
	MOVQ stack+8(FP), SI
	MOVQ pidfd+16(FP), DX
	MOVQ p+24(FP), R12
	XORL R10, R10
	XORL R8, R8
	MOVL $56, AX // clone
	SYSCALL
	TESTQ AX, AX
	JEQ  child
	MOVQ AX, ret+32(FP)
	RET

child:
	XORL BP, BP
	MOVQ R12, 0(SP) // the caller left room for the argument
	CALL ·runInChild(SB)
	INT  $3

// func cas(word *uint32, old, new uint32) bool
TEXT ·cas(SB), NOSPLIT, $0-17
	MOVQ word+0(FP), BX
	MOVL old+8(FP), AX
	MOVL new+12(FP), CX
	LOCK
	CMPXCHGL CX, 0(BX)
	SETEQ ret+16(FP)
	RET
