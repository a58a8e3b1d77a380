package main

import (
	"strings"

	"sixseed/storage/content"
	"sixseed/storage/metafile"
)

// recipeFor returns the recipe of a release, without hashes.
func (o *createOrder) recipeFor(from *release) metafile.Recipe {
	recipe := o.recipe
	recipe.Name = from.name
	recipe.PieceLength = o.pieceLength
	if recipe.PieceLength == 0 {
		recipe.PieceLength = metafile.PieceLength(from.length())
	}
	if !from.directory {
		recipe.Length = from.length()
		return recipe
	}
	var files []metafile.File
	for _, file := range from.files {
		files = append(files, metafile.File{Path: append([]string{from.name}, file.within...), Length: file.length})
	}
	recipe.Files = metafile.Arrange(files, recipe.PieceLength, o.version != versionOne)
	return recipe
}

// layoutOf returns where on disk the files of a recipe are.
func layoutOf(from *release, recipe metafile.Recipe) (content.Layout, error) {
	if !from.directory {
		return content.NewLayout([]content.File{{Path: from.files[0].path, Length: recipe.Length}}, recipe.PieceLength)
	}
	onDisk := map[string]string{}
	for _, file := range from.files {
		onDisk[strings.Join(file.within, "/")] = file.path
	}
	var files []content.File
	for _, file := range recipe.Files {
		path := ""
		if !file.Padding {
			path = onDisk[strings.Join(file.Path[1:], "/")]
		}
		files = append(files, content.File{Path: path, Length: file.Length, Padding: file.Padding})
	}
	return content.NewLayout(files, recipe.PieceLength)
}
