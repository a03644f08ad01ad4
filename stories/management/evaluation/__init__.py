"""One module per subject of `manage.py evaluate`: evaluate(input, progress(done, total), out) -> the JSON's dict."""
