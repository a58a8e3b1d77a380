// Command sixseed is a seedbox daemon for mirror admins: it seeds a directory of release ISOs over BitTorrent, IPv6 first,
// and reports what it sent per address family.
//
// Every subcommand is a struct of its flags with a method Run, in a file of its own. What a command returns as an error
// is printed once, here, and decides the exit code.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/alecthomas/kong"

	"sixseed/cmd/sixseed/config"
)

// cli is the command line.
type cli struct {
	Serve      serveCommand      `cmd:"" help:"Seed a directory of releases."`
	Tracker    trackerCommand    `cmd:"" help:"Run the tracker alone."`
	Create     createCommand     `cmd:"" help:"Make a .torrent of a file or directory."`
	Edit       editCommand       `cmd:"" help:"Change trackers, webseeds and comment of .torrent files; the info-hash stays."`
	Show       showCommand       `cmd:"" help:"Show what .torrent files say, and what is odd about them."`
	Verify     verifyCommand     `cmd:"" help:"Compare data with their .torrent file, piece by piece."`
	Report     reportCommand     `cmd:"" help:"Print what was sent, per month and address family."`
	Status     statusCommand     `cmd:"" help:"Show what the running daemon is doing."`
	Config     configCommands    `cmd:"" help:"Check a configuration file, or print an example of one."`
	Version    versionCommand    `cmd:"" help:"Print the version and what it was built from."`
	Completion completionCommand `cmd:"" help:"Print a script with which a shell completes commands and flags."`
	Man        manCommand        `cmd:"" help:"Print the man page."`
}

// configCommands are the commands about the configuration file.
type configCommands struct {
	Check   configCheckCommand   `cmd:"" help:"Find every problem in a configuration file."`
	Example configExampleCommand `cmd:"" help:"Print a configuration file with every key at its default, explained."`
}

// The exit codes. A command's help says what they mean for it.
const (
	exitDone   = 0
	exitFailed = 1
	exitWrong  = 2 // usage or configuration
)

// usageError is a command line that can be parsed but not carried out.
type usageError string

func (e usageError) Error() string { return string(e) }

// errReported is a configuration that is wrong in ways the command has printed already.
var errReported = errors.New("problems were printed")

func main() { os.Exit(run(os.Args[1:], processStreams())) }

// untilSignal returns a context that the first of the signals ends. They are no longer caught by then: whoever sees the
// context end may send another one, and it must not be lost.
func untilSignal(parent context.Context, signals ...os.Signal) (ctx context.Context, stop context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, signals...)
	var ended sync.WaitGroup
	ended.Go(func() {
		select {
		case <-caught:
		case <-ctx.Done():
		}
		signal.Stop(caught)
		cancel()
	})
	return ctx, func() {
		cancel()
		ended.Wait()
	}
}

// run executes a command line and returns the exit code. The command's context ends with SIGINT or SIGTERM; from then
// on a second signal is not caught, and ends the process at once.
func run(args []string, s *streams) int {
	ctx, stop := untilSignal(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()

	helped := false
	parser, err := newParser(s, func(int) { helped = true })
	if err != nil {
		return exitCode(s, err)
	}
	command, err := parser.Parse(args)
	if helped { // --help is carried out while the rest is still being parsed
		return exitDone
	}
	if err != nil {
		return exitCode(s, err)
	}
	command.BindTo(ctx, (*context.Context)(nil))
	return exitCode(s, command.Run(s))
}

// newParser builds the parser of the command line. It calls exit when a flag such as --help is all there is to do.
func newParser(s *streams, exit func(int)) (*kong.Kong, error) {
	return kong.New(&cli{},
		kong.Name("sixseed"),
		kong.Description("Seeds a directory of releases over BitTorrent, IPv6 first, and reports what was sent per address family."),
		kong.Vars{"system_config": systemConfig},
		kong.Writers(s.Out, s.Err),
		kong.Exit(exit),
		kong.Help(printHelp),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
}

// exitCode prints an error and returns the exit code for it.
func exitCode(s *streams, err error) int {
	var parse *kong.ParseError
	var usage usageError
	var problems config.Problems
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errReported):
		return exitWrong
	case errors.As(err, &problems):
		complain(s, "%v\nsixseed: %s in the configuration\n", problems, count(len(problems), "problem"))
		return exitWrong
	case errors.As(err, &parse), errors.As(err, &usage):
		complain(s, "sixseed: %v (`--help` says more)\n", err)
		return exitWrong
	}
	complain(s, "sixseed: %v\n", err)
	return exitFailed
}

// complain prints to standard error. If that fails there is nobody left to tell.
func complain(s *streams, format string, args ...any) { _, _ = fmt.Fprintf(s.Err, format, args...) }

// count returns "1 problem" or "2 problems".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
