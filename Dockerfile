# The app on port 8501, with the CPU build of torch:
#   docker build -t sqexplain .
#   docker run --rm -p 127.0.0.1:8501:8501 sqexplain
# Models, data and fetched weights of your own: -v FOLDER:/home/sqexplain/data, a folder that the user 1000 may write to.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 SQEXPLAIN_HOME=/home/sqexplain/data TORCH_HOME=/home/sqexplain/data/torch
RUN useradd --create-home --uid 1000 sqexplain && install -d -o sqexplain -g sqexplain "$SQEXPLAIN_HOME"
WORKDIR /app

# What changes seldom comes first, so that a change of the code does not install torch anew.
COPY requirements.txt .
RUN pip install --no-cache-dir uv && uv pip install --system --no-cache --torch-backend cpu -r requirements.txt

COPY . .
RUN uv pip install --system --no-cache --no-deps .

USER sqexplain
WORKDIR /home/sqexplain
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://localhost:8501/_stcore/health', timeout=4)"]
# Inside the container every address is listened on; who reaches it is decided by -p. The command becomes the server,
# the first process of the container, which ends when `docker stop` says so.
CMD ["sqexplain", "app", "--address", "0.0.0.0"]
