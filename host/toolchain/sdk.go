package toolchain

import (
	"io/fs"
	"os"

	"github.com/bothost/bothost/sdk"
)

// copySDK writes parts of the SDKs into a folder, side by side.
func copySDK(dir string, parts ...string) error {
	for _, part := range parts {
		files, err := fs.Sub(sdk.Files, part)
		if err != nil {
			return err
		}
		if err := os.CopyFS(dir, files); err != nil {
			return err
		}
	}
	return nil
}
