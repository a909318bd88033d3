package diagram

import "unicode"

// helvetica are the widths of ASCII's printable characters, in thousandths of the
// font's size.
var helvetica = [...]int{
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
	556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
}

// roomy is by how much common sans-serif fonts are wider than Helvetica at most:
// which one a reader has is not known.
const roomy = 1.16

// width estimates how wide a text is, in the unit of the font's size.
func width(s string, size float64) float64 {
	sum := 0
	for _, r := range s {
		switch i := int(r - ' '); {
		case r >= ' ' && i < len(helvetica):
			sum += helvetica[i]
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Me, r), unicode.Is(unicode.Cf, r):
		case r >= 0x1100:
			sum += 1000 // East Asian letters and pictures are as wide as high
		default:
			sum += 667
		}
	}
	return float64(sum) / 1000 * size * roomy
}
