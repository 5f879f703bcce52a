// Package document reads JSON text that people write: it knows where in the text each thing stands, so that a mistake can
// be told by line and column, and refuses what other readers pass over in silence: a name that occurs twice, bytes that are
// not UTF-8, anything behind the end.
//
// Bytes that are not UTF-8, as file names can have, are written as lone surrogates, \udc80 to \udcff, which is also
// what Python makes of them.
package document
