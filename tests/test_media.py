"""What a person may drop on the page: every kind of picture comes out right, every other file is refused in words."""

import struct
import zlib
from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from sqexplain import media

H, W = 12, 20


def gradient() -> np.ndarray:
    """(12, 20, 3) uint8 with a different value at every place, so that a flip or a wrap shows."""
    rows, columns = np.mgrid[:H, :W]
    return np.stack([rows * 20, columns * 12, 255 - rows * 20], axis=2).astype(np.uint8)


def saved(picture: Image.Image | np.ndarray, format: str = "PNG", **options) -> bytes:
    buffer = BytesIO()
    picture = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    picture.save(buffer, format, **options)
    return buffer.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises width x height pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("format", ["PNG", "BMP", "TIFF", "PPM", "WEBP"])
def test_lossless_formats_give_back_every_pixel(format):
    options = {"lossless": True} if format == "WEBP" else {}
    assert np.array_equal(media.decode_image(saved(gradient(), format, **options)), gradient())


def test_jpeg_gives_nearly_the_same_pixels():
    smooth = np.repeat(np.arange(0, 250, 10, dtype=np.uint8)[None, :, None], 16, axis=0).repeat(3, axis=2)
    decoded = media.decode_image(saved(smooth, "JPEG", quality=95)).astype(int)
    assert np.abs(decoded - smooth).max() < 8


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF"])
def test_the_orientation_noted_by_the_camera_is_applied(orientation, format):
    upright = np.zeros((16, 32, 3), np.uint8)
    upright[:8, :16] = [255, 0, 0]  # red top left, green top right, the rest black
    upright[:8, 16:] = [0, 255, 0]
    turned = {  # how the sensor stored it, undone by the rule of each tag
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.swapaxes(0, 1),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].swapaxes(0, 1),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"quality": 95, "subsampling": 0} if format == "JPEG" else {}
    decoded = media.decode_image(saved(np.ascontiguousarray(turned), format, exif=exif, **options))
    assert decoded.shape == upright.shape
    assert np.abs(decoded.astype(int) - upright).max() <= 6


def test_a_broken_orientation_note_does_not_refuse_the_picture():
    data = saved(gradient(), "JPEG", quality=95, exif=b"Exif\x00\x00not a note of any camera")
    assert media.decode_image(data).shape == (H, W, 3)


def test_grey_becomes_three_equal_channels():
    grey = gradient()[:, :, 1]
    assert np.array_equal(media.decode_image(saved(grey)), np.repeat(grey[:, :, None], 3, axis=2))


def test_one_bit_becomes_black_and_white():
    bits = gradient()[:, :, 0] > 100
    decoded = media.decode_image(saved(Image.fromarray(bits)))
    assert np.array_equal(decoded[:, :, 0], np.where(bits, 255, 0))


@pytest.mark.parametrize(("format", "deep"), [("PNG", "uint16"), ("TIFF", "uint16"), ("PPM", "int32")])
def test_16_bit_grey_is_divided_not_wrapped(format, deep):
    deep_grey = np.full((H, W), 257 * 100, deep)
    deep_grey[0, :4] = [0, 256, 65535, 32768]
    decoded = media.decode_image(saved(deep_grey, format))
    assert decoded[0, :4, 0].tolist() == [0, 1, 255, 128]
    assert (decoded[1:] == 100).all()


def test_16_bit_colour_and_transparency_are_divided_not_wrapped():
    deep = np.full((H, W, 4), [257 * 30, 257 * 20, 257 * 10, 65535], np.uint16)  # OpenCV writes blue first
    deep[0, 0] = 0
    decoded = media.decode_image(cv2.imencode(".png", deep)[1].tobytes())
    assert (decoded[1:] == [10, 20, 30]).all()
    assert decoded[0, 0].tolist() == [255, 255, 255]


def test_fractions_between_0_and_1_become_grey():
    decoded = media.decode_image(saved(np.linspace(0, 1, H * W, dtype=np.float32).reshape(H, W), "TIFF"))
    assert (decoded.min(), decoded.max()) == (0, 255)


@pytest.mark.parametrize("value", [-0.5, 300.0, np.nan])
def test_deep_values_without_a_known_white_are_refused(value):
    with pytest.raises(ValueError, match="its white is unknown"):
        media.decode_image(saved(np.full((H, W), value, np.float32), "TIFF"))


def test_a_palette_is_looked_up():
    picture = Image.fromarray(gradient()).quantize(64)
    assert np.array_equal(media.decode_image(saved(picture)), np.array(picture.convert("RGB")))


def test_transparent_palette_entries_lie_over_white():
    picture = Image.new("P", (W, H), 0)
    picture.putpalette([10, 20, 30, 200, 100, 50])
    picture.paste(1, (0, 0, 10, H))
    decoded = media.decode_image(saved(picture, transparency=0))
    assert decoded[0, 0].tolist() == [200, 100, 50]
    assert decoded[0, -1].tolist() == [255, 255, 255]


@pytest.mark.parametrize(("alpha", "expected"), [(0, 255), (255, 100), (51, 224)])
def test_transparency_lies_over_white(alpha, expected):
    """100 at an opacity of 51 / 255 = 0.2 over white: 0.2 * 100 + 0.8 * 255 = 224."""
    picture = Image.new("RGBA", (W, H), (100, 100, 100, alpha))
    assert (media.decode_image(saved(picture)) == expected).all()


def test_grey_with_transparency_lies_over_white():
    assert (media.decode_image(saved(Image.new("LA", (W, H), (0, 0)))) == 255).all()


def test_cmyk_becomes_rgb():
    decoded = media.decode_image(saved(Image.new("CMYK", (W, H), (0, 255, 255, 0)), "JPEG", quality=95))
    red, green, blue = decoded[0, 0].astype(int)
    assert red > 245
    assert max(green, blue) < 10


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_an_animation_the_first_frame_is_taken(format):
    frames = [Image.new("RGB", (W, H), colour) for colour in ((255, 0, 0), (0, 0, 255))]
    options = {"lossless": True} if format == "WEBP" else {}
    data = saved(frames[0], format, save_all=True, append_images=frames[1:], **options)
    assert Image.open(BytesIO(data)).n_frames == 2
    assert (media.decode_image(data) == [255, 0, 0]).all()


def test_a_large_picture_is_reduced_by_averaging():
    chequers = (np.indices((40, 3000)).sum(0) % 2 * 200).astype(np.uint8)
    decoded = media.decode_image(saved(chequers), max_side=1500)
    assert decoded.shape == (20, 1500, 3)
    assert (decoded == 100).all()  # every 2x2 area holds two black and two of 200
    assert media.decode_image(saved(chequers), max_side=None).shape == (40, 3000, 3)


@pytest.mark.parametrize("size", [(6400, 6400), (30_000, 30_000), (2**31 - 1, 2**31 - 1)], ids=str)
def test_a_decompression_bomb_is_refused_from_its_header(size):
    data = bomb(*size)
    assert len(data) < 200
    with pytest.raises(ValueError, match=r"pixels; give a picture of at most 40 million pixels"):
        media.decode_image(data, "bomb.png")


@pytest.mark.parametrize("format", media.FORMATS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_a_truncated_file_is_refused(format, share):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    data = saved(noise, format)
    with pytest.raises(ValueError, match=r"^'cut\.x' is (damaged|no picture)"):
        media.decode_image(data[: int(len(data) * share)], "cut.x")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "'x.png' is empty; give a picture file"),
        (b"hello, I am text\n" * 9, "'x.png' is no picture that can be read: it holds text"),
        (bytes(range(256)) * 9, "'x.png' is no picture that can be read: it is damaged or of another format"),
        (b"\x89PNG\r\n\x1a\n", "'x.png' is"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "'x.png' is no picture"),
        (bytes(media.MAX_BYTES + 1), "'x.png' has 50 MB; give a file of at most 50 MB"),
    ],
    ids=["empty", "text", "unknown", "signature alone", "postscript", "too long"],
)
def test_what_is_no_picture_is_refused_in_one_sentence(data, sentence):
    with pytest.raises(ValueError, match="give|Allowed|save") as caught:
        media.decode_image(data, "x.png")
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("size", [(1, 1), (200, 7)], ids=str)
def test_a_picture_of_a_few_pixels_is_refused(size):
    with pytest.raises(ValueError, match="sides are at least 8 pixels"):
        media.decode_image(saved(Image.new("RGB", size)))


def test_files_that_are_not_there_are_named(tmp_path):
    with pytest.raises(ValueError, match=r"there is no file '.*none\.png'"):
        media.read_bytes(tmp_path / "none.png")
    with pytest.raises(ValueError, match="is a folder; give a picture file"):
        media.read_bytes(tmp_path)
    with pytest.raises(ValueError, match="there is no file"):
        media.read_bytes("a\0b.png")
    with pytest.raises(ValueError, match="there is no file '/dev/zero'"):
        media.read_bytes("/dev/zero")


def test_an_empty_or_too_long_file_is_refused_before_it_is_read(tmp_path):
    (tmp_path / "empty.png").touch()
    with pytest.raises(ValueError, match=r"'empty\.png' is empty"):
        media.read_bytes(tmp_path / "empty.png")
    with (tmp_path / "long.png").open("wb") as file:
        file.truncate(media.MAX_BYTES + 10_000_000)  # sparse: takes no room on the disk
    with pytest.raises(ValueError, match=r"'long\.png' has 60 MB"):
        media.read_bytes(tmp_path / "long.png")


def test_png_goes_there_and_back_and_jpeg_nearly():
    assert np.array_equal(media.decode_image(media.encode_png(gradient())), gradient())
    assert media.encode_png(gradient()) == media.encode_png(gradient())
    plain = np.full((16, 16, 3), 90, np.uint8)
    assert np.abs(media.decode_image(media.encode_jpeg(plain)).astype(int) - 90).max() <= 2


def test_a_lower_quality_gives_a_smaller_jpeg():
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    assert len(media.encode_jpeg(noise, quality=40)) < len(media.encode_jpeg(noise, quality=90))


@pytest.mark.parametrize("wrong", [np.zeros((9, 9, 3)), np.zeros((9, 9, 4), np.uint8), np.zeros(9, np.uint8)])
def test_only_uint8_pictures_are_encoded(wrong):
    with pytest.raises(ValueError, match="give uint8"):
        media.encode_png(wrong)


def test_a_written_file_replaces_the_old_one_whole(tmp_path):
    target = tmp_path / "new" / "a.bin"
    assert media.write_bytes(target, b"one") == target
    media.write_bytes(target, b"two")
    assert target.read_bytes() == b"two"
    assert [path.name for path in target.parent.iterdir()] == ["a.bin"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    target = media.write_bytes(tmp_path / "a.bin", b"old")

    def fail(self, data):
        self.open("wb").write(data[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", fail)
    with pytest.raises(ValueError, match="cannot be written .No space left"):
        media.write_bytes(target, b"new")
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]


def test_a_file_in_place_of_a_folder_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="cannot be written"):
        media.write_bytes(tmp_path / "file" / "a.bin", b"x")
