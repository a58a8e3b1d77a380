package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sixseed/storage/metafile"
)

// createCommand makes .torrent files. The data are only read.
type createCommand struct {
	Paths       []string    `arg:"" name:"path" help:"File or directory to make a torrent of. Each makes a torrent of its own; a directory makes one of all files in it."`
	Announce    []string    `short:"a" sep:"none" placeholder:"URL[,URL]" help:"A tier of trackers. Commas stand between those that share it; every further -a is the next tier, which many clients ask only if no tracker before it answers."`
	Webseed     []string    `short:"w" sep:"none" placeholder:"URL[,URL]" help:"Web server that has the data too (BEP 19). May be given several times."`
	Output      string      `short:"o" placeholder:"FILE|DIR|-" help:"Where to write: a file, a directory for NAME.torrent, or - for standard output. Without it, NAME.torrent in the working directory."`
	PieceLength pieceLength `short:"l" placeholder:"N|SIZE" help:"Length of a piece: N for 2^N bytes, or a size such as 2MiB. Without it, what makes 1024 to 2047 pieces, but at most 16MiB."`
	V1          bool        `name:"v1" xor:"version" help:"Make a torrent of version 1, which every client reads. This is the default."`
	Hybrid      bool        `xor:"version" help:"Make a torrent of both versions in one."`
	V2          bool        `name:"v2" xor:"version" help:"Make a torrent of version 2 alone (BEP 52)."`
	Comment     string      `short:"c" placeholder:"TEXT" help:"Comment for people."`
	Source      string      `short:"s" placeholder:"TEXT" help:"Source, a mark of the tracker. It changes the info-hash."`
	Private     bool        `short:"p" help:"Only the trackers may tell of peers (BEP 27). It changes the info-hash."`
	NoDate      bool        `short:"d" help:"Leave out the date, so that the same input makes the same file."`
	Name        string      `placeholder:"NAME" help:"Name of the file or directory in the torrent. Without it, its name on disk."`
	Exclude     []string    `sep:"none" placeholder:"GLOB" help:"Leave out files and directories whose name, or path below PATH, matches. May be given several times."`
	Node        []string    `sep:"none" placeholder:"HOST:PORT" help:"Node of the DHT to begin with (BEP 5). May be given several times."`
	Force       bool        `help:"Overwrite a .torrent that is there."`
	NoChecksums bool        `help:"Do not compare the data with checksum files beside them (SHA256SUMS, *.sha256, *-CHECKSUM)."`
	JSON        bool        `name:"json" help:"Print what was made as JSON."`
}

// Help is printed above the flags.
func (*createCommand) Help() string {
	return `Files in a directory are taken as mktorrent takes them, hidden and empty ones too, so that both make the same info-hash.
Links are followed, but not out of the directory. If a checksum file beside the data names a file, the file must have that
checksum, or no torrent is made. What is there is not overwritten.`
}

// exitCodes implements exitCoder.
func (*createCommand) exitCodes() exitCodes {
	return exitCodes{done: "all torrents were made", failed: "one at least was not made, for the reason printed", wrong: "wrong usage; nothing was made"}
}

// Run makes a torrent of every path. One that cannot be made does not keep the others from it.
func (c *createCommand) Run(ctx context.Context, s *streams) error {
	order, err := c.order(time.Now())
	if err != nil {
		return err
	}
	targets, err := c.targets()
	if err != nil {
		return err
	}
	made := []creation{} // so that JSON has a list in any case
	var failures []error
	for i, path := range c.Paths {
		one, err := order.create(ctx, path, targets[i], s)
		if err == nil {
			made = append(made, one)
			err = c.announceMade(s, one)
		}
		failures = append(failures, err)
		if ctx.Err() != nil {
			break
		}
	}
	if c.JSON {
		failures = append(failures, writeJSON(s.Out, made))
	}
	return errors.Join(failures...)
}

// announceMade prints the line of one torrent, unless standard output is for something else.
func (c *createCommand) announceMade(s *streams, one creation) error {
	if c.JSON || c.Output == standardOutput {
		return nil
	}
	return printCreation(s.Out, one)
}

// create makes the torrent of path and writes it to target. Nothing is written if anything is wrong with it.
func (o *createOrder) create(ctx context.Context, path, target string, s *streams) (creation, error) {
	if err := o.mayWrite(target); err != nil {
		return creation{}, err
	}
	from, err := newRelease(path, o.name, o.exclude)
	if err != nil {
		return creation{}, fmt.Errorf("create torrent: %w", err)
	}
	if from.holds(target) {
		return creation{}, fmt.Errorf("create torrent: %s is in the directory it is made of: leave it out with --exclude", target)
	}
	data, sums, err := o.make(ctx, from, s)
	if err != nil {
		return creation{}, fmt.Errorf("create torrent of %s: %w", path, err)
	}
	meta, err := metafile.Parse(data)
	if err != nil {
		return creation{}, fmt.Errorf("create torrent of %s: %w", path, err)
	}
	if err := o.write(target, data, s); err != nil {
		return creation{}, err
	}
	return newCreation(path, target, meta, from, sums), nil
}
