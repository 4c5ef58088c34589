"""Where each value of a text stands: a second reading, for when there is an error to tell."""

from dataclasses import dataclass, field

import yaml

from mockserver.strict_yaml import Path, Place, events, place_of, well_formed


@dataclass(slots=True)
class Spot:
    """The place of a value. `children` and `key_places` have an entry for each key or index of a container."""

    place: Place
    children: dict[str | int, "Spot"] = field(default_factory=dict)
    key_places: dict[str, Place] = field(default_factory=dict)
    anchor: str | None = None
    text: str = ""  # a scalar as it is written, for when it is a key
    is_list: bool = False
    key: tuple[str, Place] | None = None  # the key that waits for its value, while the mapping is being read

    def nearest(self, path: Path) -> "Spot":
        """What stands at `path`, or its nearest ancestor that exists."""
        spot = self
        for step in path:
            if step not in spot.children:
                break
            spot = spot.children[step]
        return spot

    def add(self, child: "Spot") -> None:
        """Takes in the next child."""
        if self.is_list:
            self.children[len(self.children)] = child
        elif self.key is None:
            self.key = (child.text, child.place)
        else:
            (key, self.key_places[key]), self.key = self.key, None
            self.children[key] = child


def places(text: str) -> Spot:
    """Where the values of the text stand, which has been read before; the top alone, if it is JSON but no YAML."""
    try:
        return _places(text)
    except yaml.YAMLError:
        return Spot((1, 1))


def _places(text: str) -> Spot:
    open_spots: list[Spot] = []
    anchors: dict[str, Spot] = {}
    root = Spot((1, 1))
    for event in events(text):
        if isinstance(event, yaml.NodeEvent):
            spot = _spot(event, anchors)
            if isinstance(event, yaml.CollectionStartEvent):
                open_spots.append(spot)
                continue
        elif isinstance(event, yaml.CollectionEndEvent):
            spot = open_spots.pop()
        else:
            continue
        if spot.anchor is not None:
            anchors[spot.anchor] = spot
        if open_spots:
            open_spots[-1].add(spot)
        else:
            root = spot
    return root


def _spot(event: yaml.NodeEvent, anchors: dict[str, Spot]) -> Spot:
    place = place_of(event)
    if isinstance(event, yaml.AliasEvent):
        target = anchors[event.anchor or ""]
        return Spot(place, target.children, target.key_places, text=target.text)
    if isinstance(event, yaml.ScalarEvent):
        return Spot(place, anchor=event.anchor, text=well_formed(event.value))
    return Spot(place, anchor=event.anchor, is_list=isinstance(event, yaml.SequenceStartEvent))
