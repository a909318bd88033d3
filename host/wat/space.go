package wat

// space is an index space: what is declared gets the next index, under its
// identifier if it has one.
type space struct {
	what  string
	count uint32
	byID  map[string]uint32
	named []named // in the order of the indices
}

// named is an entry of a name map; the name is without the dollar sign.
type named struct {
	index uint32
	name  string
}

// declare takes the next index; id may be empty.
func (s *space) declare(id string, pos int) (uint32, error) {
	index := s.count
	s.count++
	if id == "" {
		return index, nil
	}
	if _, ok := s.byID[id]; ok {
		return 0, errorAt(pos, "duplicate %s %s", s.what, id)
	}
	if s.byID == nil {
		s.byID = make(map[string]uint32)
	}
	s.byID[id] = index
	s.named = append(s.named, named{index, id[1:]})
	return index, nil
}

// index takes an index by number or identifier. Numbers are not compared with
// the count: whether they exist is for the runtime to say.
func (s *space) index(c *cursor) (uint32, error) {
	if !c.atIndex() {
		return 0, c.unexpected(s.what + " index")
	}
	n := c.next()
	if !n.isID() {
		v, err := n.uint(32)
		return uint32(v), err
	}
	index, ok := s.byID[n.text]
	if !ok {
		return 0, errorAt(n.pos, "unknown %s %s", s.what, n.text)
	}
	return index, nil
}

// optional is index where the index may be left out and then is 0.
func (s *space) optional(c *cursor) (uint32, error) {
	if !c.atIndex() {
		return 0, nil
	}
	return s.index(c)
}
