"""Line and column of each value of a text: a second reading, done only when there is an error to report."""

from dataclasses import dataclass, field

import yaml

from mockserver.pauses import pause
from mockserver.strict_yaml import Path, Place, events, place_of, well_formed


@dataclass(slots=True)
class Location:
    """The location of a value. `children` and `key_places` have an entry for each key or index of a container."""

    place: Place
    children: dict[str | int, "Location"] = field(default_factory=dict)
    key_places: dict[str, Place] = field(default_factory=dict)
    anchor: str | None = None
    text: str = ""  # a scalar as it is written, for when it is a key
    is_list: bool = False
    key: tuple[str, Place] | None = None  # the key that waits for its value, while the mapping is being read

    def nearest(self, path: Path) -> "Location":
        """Return the location of `path` or of its nearest existing ancestor."""
        location = self
        for step in path:
            if step not in location.children:
                break
            location = location.children[step]
        return location

    def free(self) -> None:
        """Forget all children, one by one."""
        left = [self]
        while left:
            pause()
            location = left.pop()
            left.extend(location.children.values())
            location.children.clear()

    def add(self, child: "Location") -> None:
        """Add the next child."""
        if self.is_list:
            self.children[len(self.children)] = child
        elif self.key is None:
            self.key = (child.text, child.place)
        else:
            (key, self.key_places[key]), self.key = self.key, None
            self.children[key] = child


def places(text: str) -> Location:
    """Return the locations of a text that has been read before; only the top if it is JSON but not YAML."""
    try:
        return _places(text)
    except yaml.YAMLError:
        return Location((1, 1))


def _places(text: str) -> Location:
    open_locations: list[Location] = []
    anchors: dict[str, Location] = {}
    root = Location((1, 1))
    for event in events(text):
        if isinstance(event, yaml.NodeEvent):
            location = _location(event, anchors)
            if isinstance(event, yaml.CollectionStartEvent):
                open_locations.append(location)
                continue
        elif isinstance(event, yaml.CollectionEndEvent):
            location = open_locations.pop()
        else:
            continue
        if location.anchor is not None:
            anchors[location.anchor] = location
        if open_locations:
            open_locations[-1].add(location)
        else:
            root = location
    return root


def _location(event: yaml.NodeEvent, anchors: dict[str, Location]) -> Location:
    place = place_of(event)
    if isinstance(event, yaml.AliasEvent):
        target = anchors[event.anchor or ""]
        return Location(place, target.children, target.key_places, text=target.text)
    if isinstance(event, yaml.ScalarEvent):
        return Location(place, anchor=event.anchor, text=well_formed(event.value))
    return Location(place, anchor=event.anchor, is_list=isinstance(event, yaml.SequenceStartEvent))
