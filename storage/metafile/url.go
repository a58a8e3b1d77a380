package metafile

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxURLLength is the longest URL accepted, in bytes.
const maxURLLength = 2048

// urlKind is what a URL is for; it decides which URLs something can be asked of.
type urlKind struct {
	name    string
	schemes []string
}

var (
	tracker = urlKind{"tracker", []string{"http", "https", "udp"}} // BEP 3 and BEP 15
	webseed = urlKind{"webseed", []string{"http", "https", "ftp"}} // BEP 19
)

// check returns raw in its normal form: the scheme in lower case, no fragment. The error quotes the URL, without a
// password.
func (k urlKind) check(raw string) (string, error) {
	if len(raw) > maxURLLength {
		return "", fmt.Errorf("%s %.64q...: longer than %d bytes", k.name, raw, maxURLLength)
	}
	parsed, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		// The reason only: the error as a whole quotes the URL once more.
		var reason *url.Error
		if errors.As(err, &reason) {
			err = reason.Err
		}
		return "", fmt.Errorf("%s %q: %w", k.name, raw, err)
	}
	if err := k.checkParsed(parsed); err != nil {
		return "", fmt.Errorf("%s %q: %w", k.name, parsed.Redacted(), err)
	}
	parsed.Fragment, parsed.RawFragment = "", ""
	return parsed.String(), nil
}

func (k urlKind) checkParsed(parsed *url.URL) error {
	port, err := strconv.ParseUint(parsed.Port(), 10, 16)
	switch {
	case !slices.Contains(k.schemes, parsed.Scheme):
		return fmt.Errorf("scheme %q is not one of %s", parsed.Scheme, strings.Join(k.schemes, ", "))
	case parsed.User != nil:
		return errors.New("names a user, which is not supported")
	case parsed.Hostname() == "":
		return errors.New("names no host")
	case parsed.Port() == "" && parsed.Scheme == "udp":
		return errors.New("names no port") // BEP 15 has no default
	case parsed.Port() != "" && (err != nil || port == 0):
		return fmt.Errorf("port %q is not between 1 and 65535", parsed.Port())
	}
	return nil
}
