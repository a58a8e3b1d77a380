package swarm_test

import (
	"testing"

	"sixseed/seeder/tracker/swarm"
)

func TestTagOf_DependsOnAllThatItIsMadeOf(t *testing.T) {
	t.Parallel()
	tag := swarm.TagOf(swarm.Secret{1}, [20]byte{2}, 3)
	if swarm.TagOf(swarm.Secret{1}, [20]byte{2}, 3) != tag {
		t.Error("the tag of a client changes")
	}
	for name, other := range map[string]swarm.Tag{
		"secret":  swarm.TagOf(swarm.Secret{2}, [20]byte{2}, 3),
		"peer id": swarm.TagOf(swarm.Secret{1}, [20]byte{19: 2}, 3),
		"key":     swarm.TagOf(swarm.Secret{1}, [20]byte{2}, 4),
	} {
		if other == tag {
			t.Errorf("another %s makes the same tag", name)
		}
	}
}
