package metafile

import "slices"

// normal returns raw in its normal form or, if it has none, as it is.
func (k urlKind) normal(raw string) string {
	if normal, err := k.check(raw); err == nil {
		return normal
	}
	return raw
}

// same returns whether two URLs are one.
func (k urlKind) same(a, b string) bool { return a == b || k.normal(a) == k.normal(b) }

// index returns where url is among urls, or -1.
func (k urlKind) index(urls []string, url string) int {
	return slices.IndexFunc(urls, func(other string) bool { return k.same(url, other) })
}

// without returns urls without url.
func (k urlKind) without(urls []string, url string) []string {
	return slices.DeleteFunc(urls, func(other string) bool { return k.same(url, other) })
}

func cloneTiers(tiers [][]string) (clones [][]string) {
	for _, tier := range tiers {
		clones = append(clones, slices.Clone(tier))
	}
	return clones
}

func equalTiers(a, b [][]string) bool { return slices.EqualFunc(a, b, slices.Equal[[]string]) }

func countURLs(tiers [][]string) (n int) {
	for _, tier := range tiers {
		n += len(tier)
	}
	return n
}

func firstTracker(tiers [][]string) string {
	if urls := slices.Concat(tiers...); len(urls) > 0 {
		return urls[0]
	}
	return ""
}

func hasTracker(tiers [][]string, url string) bool {
	return slices.ContainsFunc(tiers, func(tier []string) bool { return tracker.index(tier, url) >= 0 })
}

// withoutTracker takes url out of its tiers, in place. A tier of which nothing is left vanishes.
func withoutTracker(tiers [][]string, url string) [][]string {
	for i, tier := range tiers {
		tiers[i] = tracker.without(tier, url)
	}
	return slices.DeleteFunc(tiers, func(tier []string) bool { return len(tier) == 0 })
}

// replaceTracker puts the new tracker where the old one is first, in place.
func replaceTracker(tiers [][]string, r Replacement) [][]string {
	for _, tier := range tiers {
		if i := tracker.index(tier, r.Old); i >= 0 && !hasTracker(tiers, r.New) {
			tier[i] = tracker.normal(r.New)
		}
	}
	return withoutTracker(tiers, r.Old) // it may be there once more
}
