"""Makes the reader's weights: stories/nlp/weights/reader.int8.onnx and reader_link_distance.npy.

    python -m training.reader POLNEAR_TRAIN --base DIR --babe CSV --spacy MODEL --out DIR
    python -m training.reader POLNEAR_TRAIN --smoke --out DIR

POLNEAR_TRAIN: 840 labelled articles (.jsonl or .jsonl.gz). DIR of --base: all-MiniLM-L6-v2 as Hugging Face lays it out.
CSV: BABE's sentences. MODEL: a spaCy English pipeline of the medium size, which says where names stand (silver labels).
Without --babe or --spacy that part is not learned. --smoke takes a tiny encoder with random weights, two articles and
ten steps: minutes less, and worth nothing but the proof that the code runs from the corpus to the quantised file.

Windows of 384 tokens, batch 16, 12 passes, AdamW (encoder 2e-4, heads 1e-3), one-cycle, dropout .1, gradient clip 1.
Loss: 5 x cross-entropy of cues + binary cross-entropy of "in some source, in some content" (a head that is not
exported) + 10 x mean over cues of the binary cross-entropy of their links + 2 x cross-entropy of names + every third
step 32 BABE sentences (2 x tokens, positive weight 3, + .3 x whole sentences). 190 s on one data-centre GPU; on CPU
hours. torch, transformers and onnx are needed here only. A new file needs its checksum in stories/nlp/reader.py, and
its figures (`manage.py evaluate attribution`) in the model card.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as f
from transformers import BertConfig, BertModel

from stories.management.evaluation import attribution
from stories.nlp import weightfiles
from stories.nlp.reader import DISTANCE, FURTHEST, MODEL
from stories.nlp.terms import WEIGHTS
from stories.nlp.windows import CLASSIFY, SEPARATE
from training.readerdata import NAME_KINDS, UNKNOWN, Example, Name, Sentence, examples, padded, sentences

OUTPUTS = ("cue", "ner", "loaded", "link_query", "link_key", "link_bias")
LINK = 128
BATCH, PASSES, SENTENCES, EVERY = 16, 12, 32, 3
ENCODER_RATE, HEADS_RATE = 2e-4, 1e-3
LOADED_WEIGHT = 3.0


class Model(nn.Module):
    """An encoder with a linear head for each output, and the distance term of the link score."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        width = encoder.config.hidden_size
        sizes = {"cue": 3, "ner": 9, "loaded": 1, "link_query": 2 * LINK, "link_key": 2 * LINK, "link_bias": 2}
        self.encoder, self.dropout = encoder, nn.Dropout(0.1)
        self.heads = nn.ModuleDict({name: nn.Linear(width, size) for name, size in sizes.items()})
        self.some, self.biased = nn.Linear(width, 2), nn.Linear(width, 1)
        self.distance = nn.Parameter(torch.zeros(2 * FURTHEST + 2, 2))

    def hidden(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The encoder's last layer [batch, tokens, width]."""
        return self.dropout(self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """What is exported, in the order of OUTPUTS."""
        hidden = self.hidden(input_ids, attention_mask)
        return tuple(self.heads[name](hidden).squeeze(-1) for name in OUTPUTS)

    def links(self, hidden: torch.Tensor, cue: int) -> torch.Tensor:
        """The link scores [tokens, 2] of the cue that begins at a token, in one window's hidden states."""
        query = self.heads["link_query"](hidden[cue]).view(2, LINK)
        key = self.heads["link_key"](hidden).view(-1, 2, LINK)
        steps = (torch.arange(len(hidden), device=hidden.device) - cue).clamp(-FURTHEST, FURTHEST) + FURTHEST
        product = torch.einsum("rd,trd->tr", query, key) / LINK**0.5
        return product + self.distance[steps] + self.heads["link_bias"](hidden)


def framed(rows: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Token numbers between [CLS] and [SEP], padded, and their mask."""
    ids = [np.concatenate([[CLASSIFY], row, [SEPARATE]]) for row in rows]
    length = max(map(len, ids))
    return padded(ids, 0, length), padded([np.ones_like(row) for row in ids], 0, length)


def article_loss(model: Model, batch: Sequence[Example], device: str) -> torch.Tensor:
    """The loss of a batch of windows."""
    ids, mask = (torch.from_numpy(table).to(device) for table in framed([one.ids for one in batch]))
    hidden = model.hidden(ids, mask)[:, 1:-1]
    length = hidden.shape[1]
    cue, names = (
        torch.from_numpy(padded([getattr(one, name) for one in batch], UNKNOWN, length)).to(device)
        for name in ("cue", "names")
    )
    some = torch.from_numpy(padded([one.some for one in batch], 0, length)).to(device)
    real = cue != UNKNOWN
    loss = 5 * f.cross_entropy(model.heads["cue"](hidden)[real], cue[real])
    loss = loss + f.binary_cross_entropy_with_logits(model.some(hidden)[real], some[real])
    links = [
        f.binary_cross_entropy_with_logits(model.links(part[: len(table)], first), torch.from_numpy(table).to(device))
        for part, one in zip(hidden, batch, strict=True)
        for first, table in one.links
    ]
    if links:
        loss = loss + 10 * torch.stack(links).mean()
    if bool((names != UNKNOWN).any()):
        loss = loss + 2 * f.cross_entropy(model.heads["ner"](hidden).flatten(0, 1), names.flatten())
    return loss


def sentence_loss(model: Model, batch: Sequence[Sentence], device: str) -> torch.Tensor:
    """The loss of a batch of BABE's sentences."""
    ids, mask = (torch.from_numpy(table).to(device) for table in framed([one.ids for one in batch]))
    hidden = model.hidden(ids, mask)
    inner = hidden[:, 1:-1]
    real = torch.from_numpy(padded([np.ones(len(one.ids), np.bool_) for one in batch], 0, inner.shape[1])).to(device)
    loaded = torch.from_numpy(padded([one.loaded for one in batch], 0, inner.shape[1])).to(device)
    logits = model.heads["loaded"](inner).squeeze(-1)
    weight = torch.tensor(LOADED_WEIGHT, device=device)
    tokens = f.binary_cross_entropy_with_logits(logits[real], loaded[real], pos_weight=weight)
    biased = torch.tensor([one.biased for one in batch], device=device)
    return 2 * tokens + 0.3 * f.binary_cross_entropy_with_logits(model.biased(hidden[:, 0]).squeeze(-1), biased)


def train(model: Model, windows: list[Example], loaded: list[Sentence], passes: int, device: str) -> list[float]:
    """Train in place; the losses, step by step."""
    model.to(device).train()
    heads = [weight for name, weight in model.named_parameters() if not name.startswith("encoder.")]
    groups = [
        {"params": list(model.encoder.parameters()), "lr": ENCODER_RATE},
        {"params": heads, "lr": HEADS_RATE},
    ]
    steps = passes * -(-len(windows) // BATCH)
    optimiser = torch.optim.AdamW(groups)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [ENCODER_RATE, HEADS_RATE], total_steps=steps)
    losses: list[float] = []
    for _ in range(passes):
        random.shuffle(windows)
        for start in range(0, len(windows), BATCH):
            loss = article_loss(model, windows[start : start + BATCH], device)
            if loaded and len(losses) % EVERY == 0:
                loss = loss + sentence_loss(model, random.sample(loaded, min(SENTENCES, len(loaded))), device)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f"step {len(losses)} of {steps}: loss {np.mean(losses[-20:]):.3f}", flush=True)
    return losses


def export(model: Model, out: Path) -> None:
    """The quantised model and the distance term, as stories/nlp/reader.py takes them."""
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415

    model.cpu().eval()
    out.mkdir(parents=True, exist_ok=True)
    plain = out / "reader.onnx"
    given = torch.full((2, 16), CLASSIFY), torch.ones(2, 16, dtype=torch.int64)
    axes = {name: {0: "b", 1: "t"} for name in ("input_ids", "attention_mask", *OUTPUTS)}
    torch.onnx.export(
        model, given, str(plain), input_names=["input_ids", "attention_mask"], output_names=list(OUTPUTS),
        dynamic_axes=axes, opset_version=17, dynamo=False,
    )  # fmt: skip
    quantize_dynamic(str(plain), str(out / MODEL), per_channel=True, weight_type=QuantType.QInt8)
    plain.unlink()
    np.save(out / DISTANCE, model.distance.detach().numpy().astype(np.float32))


def silver(texts: Sequence[str], model: str) -> list[list[Name]]:
    """Where a spaCy pipeline finds names."""
    import spacy  # noqa: PLC0415

    found = spacy.load(model).pipe(texts)
    return [
        [(one.start_char, one.end_char, NAME_KINDS[one.label_]) for one in each.ents if one.label_ in NAME_KINDS]
        for each in found
    ]


def encoder(base: Path | None) -> BertModel:
    """The base model; without one a tiny encoder with random weights."""
    if base is not None:
        return BertModel.from_pretrained(base, add_pooling_layer=False)
    tiny: dict[str, Any] = {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 64,
    }
    return BertModel(BertConfig(**tiny), add_pooling_layer=False)


def main() -> None:
    """Read, train, export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path, help="PolNeAR's training part, .jsonl or .jsonl.gz")
    parser.add_argument("--base", type=Path, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--babe", type=Path, help="BABE's sentences, .csv")
    parser.add_argument("--spacy", help="a spaCy English pipeline, for silver names")
    parser.add_argument("--smoke", action="store_true", help="a tiny model, two articles, ten steps")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.base is None and not options.smoke:
        parser.error("--base is needed, but for a --smoke test")
    random.seed(options.seed)
    torch.manual_seed(options.seed)
    rows = attribution.read(options.articles)[: 2 if options.smoke else None]
    tokenizer = weightfiles.tokenizer(WEIGHTS)
    names = silver([row.text for row in rows], options.spacy) if options.spacy else [None] * len(rows)
    windows = [one for row, its in zip(rows, names, strict=True) for one in examples(row, tokenizer, its)]
    loaded = sentences(options.babe, tokenizer) if options.babe else []
    model = Model(encoder(None if options.smoke else options.base))
    device = "cuda" if torch.cuda.is_available() else "cpu"
    losses = train(model, windows, loaded, 10 if options.smoke else PASSES, device)
    export(model, options.out)
    print(f"{options.out / MODEL}: {len(windows)} windows, loss {losses[0]:.3f} at first, {losses[-1]:.3f} at last")


if __name__ == "__main__":
    main()
