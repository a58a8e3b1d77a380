package main

import (
	"context"
	"fmt"

	"sixseed/storage/content"
	"sixseed/storage/metafile"
)

// verifyCommand hashes the data of a torrent and compares them with its .torrent file.
//
// With --json it prints a verification.
type verifyCommand struct {
	Torrent string `arg:"" name:"file" help:"The .torrent file."`
	Data    string `arg:"" name:"data" optional:"" help:"The data: the file or directory itself, or the directory it is in. Without it they are looked for beside the .torrent file."`
	JSON    bool   `name:"json" help:"Print the result as JSON, with every bad piece."`
}

// exitCodes implements exitCoder.
func (*verifyCommand) exitCodes() exitCodes {
	return exitCodes{done: "the data are whole", failed: "they are not, or cannot be read", wrong: "wrong usage"}
}

// verification is what was found. The keys of its JSON are stable: more may come, none is renamed. Paths are those of
// the torrent, lengths and offsets are bytes.
type verification struct {
	Torrent     string         `json:"torrent"` // path of the .torrent file
	Data        string         `json:"data"`    // path of the file or directory
	Name        string         `json:"name"`    // that the torrent gives it
	Whole       bool           `json:"whole"`   // every file is there, as long as it has to be, and every piece is right
	Length      int64          `json:"length"`
	Pieces      int            `json:"pieces"`
	BadPieces   []damagedPiece `json:"bad_pieces"`   // with at least a byte on disk
	MissingData int            `json:"missing_data"` // pieces of which nothing is on disk
	WrongFiles  []wrongFile    `json:"wrong_files"`
	ExtraFiles  []string       `json:"extra_files"` // in the directory, and not in the torrent; they do no harm
}

// damagedPiece is a piece whose data are not what its hash says.
type damagedPiece struct {
	Index int           `json:"index"` // from 0
	Parts []damagedPart `json:"parts"` // where it is on disk
}

// damagedPart is the part of a damagedPiece that is in one file.
type damagedPart struct {
	Path   string `json:"path"`
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
}

// Run verifies the data and prints what is wrong with them.
func (c *verifyCommand) Run(ctx context.Context, out *streams) error {
	torrent, err := metafile.Load(c.Torrent)
	if err != nil {
		return err
	}
	found, err := findData(torrent, c.Data)
	if err != nil {
		return fmt.Errorf("verify %s: %w", c.Torrent, err)
	}
	bad, err := found.hash(ctx, out)
	if err != nil {
		return fmt.Errorf("verify %s: %w", c.Torrent, err)
	}
	result := found.result(bad)
	if c.JSON {
		err = writeJSON(out.Out, result)
	} else {
		err = printVerification(out.Out, result)
	}
	if err == nil && !result.Whole {
		err = fmt.Errorf("verify %s: the data are not whole", c.Torrent)
	}
	return err
}

// hash returns the pieces that differ from what the torrent says. On a terminal a bar shows how far it is.
func (d *torrentData) hash(ctx context.Context, out *streams) ([]content.BadPiece, error) {
	var progress content.Progress
	if out.Terminal {
		bar := newProgressBar(out.Err)
		bar.Start(d.torrent.Name, d.layout.Length())
		defer bar.Done()
		progress = bar.Add
	}
	return content.Verify(ctx, d.layout, d.digests, 0, progress)
}

// result puts together what is wrong with the files and with the pieces.
func (d *torrentData) result(bad []content.BadPiece) verification {
	v := verification{
		Torrent: d.torrent.Path, Data: d.root, Name: d.torrent.Name, Length: d.torrent.DataLength(), Pieces: d.layout.Pieces(),
		BadPieces: []damagedPiece{}, WrongFiles: d.wrong, ExtraFiles: d.extra,
		MissingData: d.unread,
		Whole:       len(bad) == 0 && len(d.wrong) == 0,
	}
	for _, piece := range bad {
		if parts := d.onDisk(piece.Parts); len(parts) > 0 {
			v.BadPieces = append(v.BadPieces, damagedPiece{Index: piece.Index, Parts: parts})
		} else {
			v.MissingData++
		}
	}
	return v
}

// onDisk returns those parts of a piece that there are, under the paths of the torrent.
func (d *torrentData) onDisk(parts []content.Part) []damagedPart {
	var there []damagedPart
	for _, part := range parts {
		file := d.files[part.Path]
		if length := min(part.Length, file.onDisk-part.Offset); length > 0 {
			there = append(there, damagedPart{Path: file.name, Offset: part.Offset, Length: length})
		}
	}
	return there
}
