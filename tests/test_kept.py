"""Tables that a page shows and a file keeps."""

import nbformat
import pandas as pd

from swgw.book.collect import collect_tables
from swgw.book.export import KeptTable


def test_a_kept_table_becomes_a_file_of_the_same_numbers(tmp_path):
    table = pd.DataFrame({"claim": ["a", "b, “c”"], "value": [0.1, None]})
    data, metadata = KeptTable("| shown |", "claims", table)._repr_mimebundle_()
    output = nbformat.v4.new_output("execute_result", data, metadata=metadata, execution_count=1)
    cell = nbformat.v4.new_code_cell("page.table_all(study)", outputs=[output])
    empty = nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("stream", text="1")])
    notebook = nbformat.v4.new_notebook(cells=[cell, empty, nbformat.v4.new_markdown_cell("x")])
    nbformat.write(notebook, tmp_path / "page.ipynb")
    assert collect_tables([tmp_path / "page.ipynb"], tmp_path) == 1
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "claims.csv"), table)
    assert data["text/markdown"] == "| shown |"
