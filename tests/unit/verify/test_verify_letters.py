from verify.letters import MARK, Post, relay_tricks


def test_every_letter_of_a_run_bears_its_mark_and_a_token_of_its_own() -> None:
    post = Post()
    letters = [post.letter("k", "a@b", "c@d") for _ in range(20)]
    assert len({letter.token for letter in letters}) == 20
    assert all(letter.token.startswith(post.mark) and letter.token in letter.text() for letter in letters)
    assert post.mark.startswith(MARK)
    assert Post().mark != post.mark


def test_no_token_is_part_of_another() -> None:
    post = Post()
    tokens = [post.letter("k", "a@b", "c@d").token for _ in range(120)]
    assert not any(a in b for a in tokens for b in tokens if a != b)


def test_every_relay_trick_leads_to_the_victim() -> None:
    tricks = relay_tricks("v@elsewhere.example", "own.example")
    assert tricks["plain"] == "v@elsewhere.example"
    assert all("elsewhere.example" in recipient and "v" in recipient for recipient in tricks.values())
    assert len(set(tricks.values())) == len(tricks)
