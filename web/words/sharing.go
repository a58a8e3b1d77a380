package words

import (
	"unicode"
	"unicode/utf8"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/web/figures"
)

// Sharing says in sentences how the upload is shared out: what the admin has set, what is done now, why a quota or a
// schedule lowers a limit, and when quotas begin anew. A status that has no mode, as that of an earlier version, has
// nothing to say.
func Sharing(status seeder.Status) []string {
	if status.Upload.Mode == "" {
		return nil
	}
	sentences := []string{sentence("upload is " + mode(status.Upload)), sentence(state(status))}
	for _, reason := range reasons(status.Families) {
		sentences = append(sentences, sentence(reason))
	}
	if hasQuota(status) {
		sentences = append(sentences, sentence("quotas begin anew on "+status.Upload.Period.Format("2006-01-02")))
	}
	return sentences
}

// mode says what the admin has set.
func mode(upload seeder.UploadStatus) string {
	switch {
	case upload.Mode == "limited":
		return "limited to " + Limit(upload.Limit)
	case upload.Mode == "auto" && upload.Limit != seeder.Unlimited:
		return "automatic, but at most " + Limit(upload.Limit)
	case upload.Mode == "auto":
		return "automatic"
	}
	return upload.Mode
}

// state says what is done now, and what that leaves for IPv4: "IPv6 peers want more: IPv4 at 2.10 MB/s".
func state(status seeder.Status) string {
	words := status.Upload.State
	if words == "" {
		words = "IPv6 first"
	}
	return words + ": " + leftover(status.Families.V4) + floor(status.Upload)
}

func leftover(ipv4 seeder.FamilyStatus) string {
	switch rate := min(ipv4.Limit, ipv4.Available); rate {
	case seeder.Unlimited:
		return "IPv4 without a limit"
	case 0:
		return "nothing is left for IPv4"
	default:
		return "IPv4 at " + figures.Rate(int64(rate))
	}
}

// floor says what IPv4 keeps, if anything.
func floor(upload seeder.UploadStatus) string {
	if upload.Floor == 0 {
		return ""
	}
	return ", its floor is " + figures.Rate(upload.Floor)
}

// reasons returns why families have less than the configuration gives them. A reason that they share is one.
func reasons(families family.Pair[seeder.FamilyStatus]) []string {
	var said []string
	for _, f := range family.All {
		reason := families.Get(f).Reason
		if reason != "" && (len(said) == 0 || said[0] != reason) {
			said = append(said, reason)
		}
	}
	return said
}

func hasQuota(status seeder.Status) bool {
	return min(status.Upload.Quota, status.Families.V4.Quota, status.Families.V6.Quota) != seeder.Unlimited
}

// sentence makes one of a clause.
func sentence(clause string) string {
	first, size := utf8.DecodeRuneInString(clause)
	return string(unicode.ToUpper(first)) + clause[size:] + "."
}
