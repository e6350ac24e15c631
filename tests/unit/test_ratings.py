import pandas as pd
import pytest
from facepatch.datasets.dataset import validate_dataset
from facepatch.datasets.ratings import read_labels, read_rankings
from facepatch.errors import InputError
from small_datasets import ids, stimulus_frame

MODELS = ["ae", "beta_vae", "vae"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "ratings").mkdir()
    stimulus_frame().to_csv(tmp_path / "stimuli.csv", index=False)
    return tmp_path


def rankings():
    rows = [(p, s, m, k + 1) for p in ("p1", "p2") for s in ids()[:3] for k, m in enumerate(MODELS)]
    return pd.DataFrame(rows, columns=["participant", "stimulus", "model", "rank"])


def labels():
    rows = [(p, latent, "age") for p in ("p1", "p2") for latent in ("z0", "z1")]
    return pd.DataFrame(rows, columns=["participant", "latent", "label"])


def write(folder, frame, name):
    path = folder / "ratings" / f"{name}.csv"
    frame.to_csv(path, index=False)
    return path


def message(folder):
    with pytest.raises(InputError) as caught:
        validate_dataset(folder, needs={"ratings"})
    return str(caught.value)


def test_good_ratings_are_read(folder):
    participant, latent, label = read_labels(write(folder, labels(), "labels"))
    assert participant.tolist() == ["p1", "p1", "p2", "p2"]
    assert latent.tolist() == ["z0", "z1"] * 2
    assert set(label) == {"age"}
    *_, model, rank = read_rankings(write(folder, rankings(), "rankings"))
    assert dict(zip(model, rank, strict=True)) == {"ae": 1, "beta_vae": 2, "vae": 3}
    checksums = validate_dataset(folder, needs={"ratings"}).checksums
    assert {"ratings/labels.csv", "ratings/rankings.csv"} <= set(checksums)


def test_tied_models_share_the_mean_of_their_ranks(folder):
    frame = rankings().astype({"rank": float})
    frame.loc[:1, "rank"] = 1.5
    assert read_rankings(write(folder, frame, "rankings"))[3][:3].tolist() == [1.5, 1.5, 3]


def test_no_ratings(folder):
    assert "neither labels.csv nor rankings.csv" in message(folder)


@pytest.mark.parametrize("rank", [0, 4, 1.25])
def test_a_rank_that_is_none(folder, rank):
    frame = rankings().astype({"rank": float})
    frame.loc[3, "rank"] = rank
    write(folder, frame, "rankings")
    assert f"rankings.csv, row 5: found the rank {rank:g}" in message(folder)


def test_two_best_models_and_a_missing_one(folder):
    frame = rankings()
    frame.loc[4, "rank"] = 1
    write(folder, frame, "rankings")
    assert "row 5: found ranks of 3 models that sum to 5" in message(folder)
    write(folder, rankings().drop(index=5), "rankings")
    assert "row 5: found ranks of 2 models" in message(folder)


def test_ratings_given_twice(folder):
    write(folder, pd.concat([labels(), labels().head(1)]), "labels")
    assert "labels.csv, row 6" in message(folder)
    (folder / "ratings/labels.csv").unlink()
    write(folder, pd.concat([rankings(), rankings().iloc[[2]]]), "rankings")
    found = message(folder)
    assert "rankings.csv, row 20" in found
    assert "first in row 4" in found


def test_a_ranked_stimulus_that_nobody_knows(folder):
    write(folder, rankings().replace({"stimulus": {"face_01": "stranger"}}), "rankings")
    assert "not in stimuli.csv: 'stranger'" in message(folder)
