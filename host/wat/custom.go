package wat

// slot is a place between sections where custom sections go.
type slot int

const (
	slotFirst slot = 0
	slotLast       = slot(2*sectionCount) + 1
)

func slotBefore(k sectionKind) slot { return 2*slot(k) + 1 }
func slotAfter(k sectionKind) slot  { return 2*slot(k) + 2 }

// customField defines (@custom "name" (before|after section)? "data"*).
func (m *module) customField(f *field) error {
	c := f.rest
	name, err := c.name("section name")
	if err != nil {
		return err
	}
	at := slotLast
	if c.atList("before") || c.atList("after") {
		if at, err = customSlot(c.next()); err != nil {
			return err
		}
	}
	data, err := c.bytes()
	if err != nil {
		return err
	}
	m.ownNames = m.ownNames || name == "name"
	m.customs[at] = append(m.customs[at], customSection(name, data)...)
	return nil
}

func customSlot(n *node) (slot, error) {
	c := n.cursor()
	anchor, err := c.atom("section")
	if err != nil {
		return 0, err
	}
	if err := c.finish(); err != nil {
		return 0, err
	}
	before := n.text == "before"
	switch {
	case anchor.text == "first" && before:
		return slotFirst, nil
	case anchor.text == "last" && !before:
		return slotLast, nil
	}
	for k, name := range sectionNames {
		if name != anchor.text {
			continue
		}
		if before {
			return slotBefore(sectionKind(k)), nil
		}
		return slotAfter(sectionKind(k)), nil
	}
	return 0, errorAt(anchor.pos, "unknown place %s %q", n.text, anchor.text)
}
