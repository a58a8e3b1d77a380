package metafile

import (
	"github.com/anacrolix/torrent/bencode"
	"github.com/anacrolix/torrent/merkle"
)

// readLayers reads the hashes of the pieces of version 2 that are beside the info dictionary: BEP 52, "piece layers".
// The info-hash does not cover them, but the roots in it do: layers that do not lead to one are left out.
func (m *Metafile) readLayers(outer dictionary) {
	if !m.HasV2 {
		return
	}
	var all map[string]bencode.Bytes
	if err := outer.decode("piece layers", &all); err != nil {
		m.warn("%v", err)
	}
	m.Layers = map[[32]byte][]byte{}
	filler := merkle.Root(make([][32]byte, m.PieceLength/blockSize)) // a piece of zero leaves
	for i, file := range m.Files {
		root := m.Roots[i]
		if file.Padding || file.Length <= m.PieceLength || m.Layers[root] != nil {
			continue
		}
		raw, ok := all[string(root[:])]
		if !ok {
			m.warn("piece layers: %q has none", file.path())
			continue
		}
		var layer []byte
		if err := bencode.Unmarshal(raw, &layer); err != nil || !m.leadsTo(root, layer, file.Length, filler) {
			m.warn("piece layers: that of %q does not belong to its root", file.path())
			continue
		}
		m.Layers[root] = layer
	}
}

// leadsTo says whether root is that of a file of length bytes with these hashes of pieces.
func (m *Metafile) leadsTo(root [32]byte, layer []byte, length int64, filler [32]byte) bool {
	pieces := (length-1)/m.PieceLength + 1
	if int64(len(layer)/32) != pieces || len(layer)%32 != 0 {
		return false
	}
	hashes, err := merkle.CompactLayerToSliceHashes(string(layer))
	return err == nil && merkle.RootWithPadHash(hashes, filler) == root
}
