package engine

import (
	"context"
	"log/slog"
)

// quietHandler lowers the levels of the client's log: it reports the misbehaviour of peers as warnings and errors,
// and nobody who runs a seedbox can do anything about those.
type quietHandler struct{ slog.Handler }

// quiet returns a logger for the client: its errors become information, everything else is for debugging.
func quiet(log *slog.Logger) *slog.Logger {
	return slog.New(quietHandler{log.Handler()}).With(slog.String("source", "engine"))
}

func lowered(level slog.Level) slog.Level {
	switch {
	case level >= slog.LevelError:
		return slog.LevelInfo
	case level >= slog.LevelInfo:
		return slog.LevelDebug
	default:
		return slog.LevelDebug - (slog.LevelInfo - level)
	}
}

func (h quietHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.Handler.Enabled(ctx, lowered(level))
}

func (h quietHandler) Handle(ctx context.Context, record slog.Record) error {
	record = record.Clone()
	record.Level = lowered(record.Level)
	return h.Handler.Handle(ctx, record)
}

func (h quietHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quietHandler{h.Handler.WithAttrs(attrs)}
}

func (h quietHandler) WithGroup(name string) slog.Handler {
	return quietHandler{h.Handler.WithGroup(name)}
}
