//go:build !unix

package plugin

import "io/fs"

// ownedByUs knows no owners here: folders are protected by lists of rights.
func ownedByUs(fs.FileInfo) bool { return true }
