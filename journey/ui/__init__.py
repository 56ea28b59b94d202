"""What the pages of the app are made of; Streamlit lives only here."""
