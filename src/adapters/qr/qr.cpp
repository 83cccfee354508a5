#include <tiketi/adapters/qr.hpp>

#include <png.h>
#include <qrencode.h>

#include <array>
#include <memory>
#include <vector>

namespace tiketi::qr {
namespace {

constexpr int quiet_zone = 4;  // modules around it, as the standard asks for

using Code = std::unique_ptr<QRcode, decltype(&QRcode_free)>;

Result<Code> encode(std::string_view text) {
  if (text.empty()) return Error{Errc::invalid_argument, "a QR code needs a text", {{"field", "text"}}};
  if (text.size() > max_text_bytes)
    return Error{Errc::limit_exceeded,
                 "a QR code holds at most " + std::to_string(max_text_bytes) + " bytes",
                 {{"field", "text"}, {"limit", std::to_string(max_text_bytes)}}};
  Code code(QRcode_encodeData(static_cast<int>(text.size()), reinterpret_cast<const unsigned char*>(text.data()), 0,
                              QR_ECLEVEL_M),
            &QRcode_free);
  if (!code) return Error{Errc::unavailable, "out of memory while making a QR code", {{"cause", "memory"}}};
  return code;
}

/// The lowest bit of a module tells its colour; outside the code everything is white.
bool is_black(const QRcode& code, int x, int y) {
  if (x < 0 || y < 0 || x >= code.width || y >= code.width) return false;
  return (code.data[y * code.width + x] & 1) != 0;
}

}  // namespace

Result<std::string> svg(std::string_view text) {
  const auto code = encode(text);
  if (code.has_error()) return code.error();
  const QRcode& modules = **code;
  const std::string size = std::to_string(modules.width + 2 * quiet_zone);
  std::string path;
  for (int y = 0; y < modules.width; ++y)
    for (int x = 0; x < modules.width; ++x) {
      if (!is_black(modules, x, y)) continue;
      int length = 1;
      while (is_black(modules, x + length, y)) ++length;
      const std::string run = std::to_string(length);
      path +=
          'M' + std::to_string(x + quiet_zone) + ' ' + std::to_string(y + quiet_zone) + 'h' + run + "v1h-" + run + 'z';
      x += length;
    }
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + size + ' ' + size +
         "\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h" + size + 'v' + size + "H0z\"/><path d=\"" +
         path + "\"/></svg>\n";
}

Result<std::string> png(std::string_view text, std::int32_t scale) {
  if (scale < 1 || scale > max_scale)
    return Error{Errc::invalid_argument, "a scale is 1 to " + std::to_string(max_scale), {{"field", "scale"}}};
  const auto code = encode(text);
  if (code.has_error()) return code.error();
  const int width = ((*code)->width + 2 * quiet_zone) * scale;

  // A palette of two colours: the library then writes one bit per pixel.
  constexpr std::array<std::uint8_t, 2> white_and_black{255, 0};
  std::vector<std::uint8_t> pixels;
  pixels.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(width));
  for (int y = 0; y < width; ++y)
    for (int x = 0; x < width; ++x)
      pixels.push_back(is_black(**code, x / scale - quiet_zone, y / scale - quiet_zone) ? 1 : 0);

  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = image.height = static_cast<png_uint_32>(width);
  image.format = PNG_FORMAT_GRAY | PNG_FORMAT_FLAG_COLORMAP;
  image.colormap_entries = white_and_black.size();
  std::string out(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  png_alloc_size_t size = out.size();
  if (png_image_write_to_memory(&image, out.data(), &size, 0, pixels.data(), 0, white_and_black.data()) == 0)
    return Error{Errc::unavailable, "can't make a PNG file", {{"cause", std::string(image.message)}}};
  out.resize(size);
  return out;
}

}  // namespace tiketi::qr
