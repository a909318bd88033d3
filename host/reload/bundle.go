package reload

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// Bundle is a file that names others, watched with them as one: a change of any of
// them is a change of the bundle.
type Bundle struct {
	// Path is the file that names the others.
	Path string
	// Names returns the paths of the files that a content of Path names. An error says
	// why the content is bad. It is called by the goroutine of Load or Run.
	Names func(data []byte) ([]string, error)
}

// Named is a file of a [Bundle].
type Named struct {
	// Path is the path that Bundle.Names returned.
	Path string
	// Data is the whole content. It belongs to the receiver.
	Data []byte
}

// bundle is a bundle with the files that its content named when it was read last.
type bundle struct {
	Bundle
	o     *Options
	names []string
	// grown is called when other files are named than before: their folders are not
	// watched yet.
	grown func()
}

// survey surveys the file and all that it named.
func (b *bundle) survey() survey {
	s := surveyFile(b.Path)
	if s.err != nil {
		return s
	}
	for _, name := range b.names {
		t := surveyFile(name)
		s.places = append(s.places, t.places...)
		s.files = append(s.files, t.files...)
	}
	return s
}

// read reads the file, and then those that it names, which may be others than the
// survey knew.
func (b *bundle) read(s survey) sight {
	if s.err != nil {
		return sightOf(s.err)
	}
	data, err := readFile(b.Path, b.o.Limit)
	if err != nil {
		return sightOf(err)
	}
	names, err := b.Names(data)
	if err != nil {
		return sight{kind: bad, hash: sha256.Sum256(data),
			err: fmt.Errorf("check %s: %w", b.Path, err)}
	}
	if !slices.Equal(names, b.names) {
		b.names = names
		b.grown()
	}
	got := sight{kind: whole, data: data}
	for _, name := range names {
		part, err := readFile(name, b.o.Limit)
		if err != nil {
			return b.without(err)
		}
		if b.o.Check != nil {
			if err := b.o.Check(part); err != nil {
				err = fmt.Errorf("%s names %s: check: %w", b.Path, name, err)
				return sight{kind: bad, hash: hashBundle(data, []Named{{name, part}}), err: err}
			}
		}
		got.files = append(got.files, Named{name, part})
	}
	got.hash = hashBundle(data, got.files)
	return got
}

// without is the sight of a bundle of which a file cannot be had. It is not missing
// itself then.
func (b *bundle) without(err error) sight {
	err = fmt.Errorf("%s names it: %w", b.Path, err)
	if errors.Is(err, fs.ErrNotExist) {
		return sight{kind: bad, err: err}
	}
	return sightOf(err)
}

// hashBundle hashes the contents with their lengths, so that no two bundles give the
// same bytes.
func hashBundle(data []byte, files []Named) [sha256.Size]byte {
	sum := sha256.New()
	add := func(b []byte) {
		sum.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(b))))
		sum.Write(b)
	}
	add(data)
	for _, f := range files {
		add([]byte(f.Path))
		add(f.Data)
	}
	return [sha256.Size]byte(sum.Sum(nil))
}
