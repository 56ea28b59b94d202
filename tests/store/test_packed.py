import numpy as np
import pyarrow as pa
import pytest

from journey.errors import StoreError
from journey.store.packed import open_packed, with_packed


@pytest.mark.parametrize("form", ["newer", "order"])
def test_a_column_without_one_of_its_parts_is_told_as_broken(tmp_path, form):
    path = tmp_path / "shard-0.packed.arrow"
    table = pa.table({f"{form} code person": np.zeros(3, np.uint8)})
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    columns = with_packed({}, "code", open_packed(path), 3)
    with pytest.raises(StoreError, match=r"packed\.arrow.*missing or broken"):
        columns["person"]
