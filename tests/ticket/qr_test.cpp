// TI1: the pictures of a code, read back by programs that did not draw them.

#include "support/process.hpp"
#include "support/temporary_directory.hpp"
#include "ticket/desk.hpp"

#include <tiketi/adapters/qr.hpp>

#include <png.h>

#include <fstream>

namespace tiketi::test {
namespace {

struct Picture {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint8_t> grey;
};

Picture decode_png(const std::string& file) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  Picture out;
  EXPECT_TRUE(png_image_begin_read_from_memory(&image, file.data(), file.size())) << image.message;
  image.format = PNG_FORMAT_GRAY;
  out.width = image.width;
  out.height = image.height;
  out.grey.resize(PNG_IMAGE_SIZE(image));
  EXPECT_TRUE(png_image_finish_read(&image, nullptr, out.grey.data(), 0, nullptr)) << image.message;
  return out;
}

/// What a reader of QR codes sees in a picture file.
std::string scanned(const std::filesystem::path& picture) {
  Process reader({"/usr/bin/zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture.string()});
  std::string out;
  reader.read_line(out);
  EXPECT_EQ(reader.wait(), 0);
  return out;
}

class QrCode : public ::testing::Test {
 protected:
  std::filesystem::path save(const std::string& name, const std::string& bytes) const {
    std::ofstream(directory_.path() / name, std::ios::binary) << bytes;
    return directory_.path() / name;
  }

  TemporaryDirectory directory_;
  Desk box_;
  const std::string code_ = box_.desk.code(box_.buy_ticket("A-1-1"));
};

TEST_F(QrCode, TI1_ThePngIsWellFormedBlackOnWhiteWithAMargin) {
  for (const std::int32_t scale : {1, 8}) {
    const std::string file = qr::png(code_, scale).value();
    const Picture picture = decode_png(file);
    // 143 bytes at error correction M take a QR of version 8: 49 modules, and four on each side.
    EXPECT_EQ(picture.width, static_cast<std::uint32_t>(57 * scale));
    EXPECT_EQ(picture.height, picture.width);
    EXPECT_EQ(file[24], 1) << "one bit per pixel";
    for (std::size_t i = 0; i < picture.grey.size(); ++i) {
      const std::size_t x = i % picture.width / static_cast<std::size_t>(scale);
      const std::size_t y = i / picture.width / static_cast<std::size_t>(scale);
      const bool margin = x < 4 || y < 4 || x >= 53 || y >= 53;
      ASSERT_TRUE(picture.grey[i] == 255 || (picture.grey[i] == 0 && !margin)) << x << ' ' << y;
    }
    EXPECT_EQ(picture.grey[(4 * picture.width + 4) * static_cast<std::size_t>(scale)], 0) << "a corner of its frame";
  }
}

TEST_F(QrCode, TI1_AScannerReadsTheCodeFromThePng) {
  EXPECT_EQ(scanned(save("code.png", qr::png(code_, 4).value())), code_);
}

TEST_F(QrCode, TI1_AScannerReadsTheCodeFromTheSvg) {
  const auto svg = save("code.svg", qr::svg(code_).value());
  const auto drawn = directory_.path() / "drawn.png";
  Process draw({"/usr/bin/rsvg-convert", "--width", "456", "--output", drawn.string(), svg.string()});
  ASSERT_EQ(draw.wait(), 0);
  EXPECT_EQ(scanned(drawn), code_);
}

// Both pictures show the same modules: the SVG's runs are filled into a grid and compared.
TEST_F(QrCode, TI1_SvgAndPngShowTheSame) {
  const std::string svg = qr::svg(code_).value();
  ASSERT_NE(svg.find("viewBox=\"0 0 57 57\""), svg.npos);
  const Picture picture = decode_png(qr::png(code_, 1).value());
  std::vector<std::uint8_t> grid(picture.grey.size(), 255);
  std::size_t x = 0, y = 0, length = 0;
  for (std::size_t at = svg.rfind("<path"); (at = svg.find('M', at)) != svg.npos; ++at) {
    if (std::sscanf(svg.c_str() + at, "M%zu %zuh%zuv1h-", &x, &y, &length) != 3) continue;
    for (std::size_t i = 0; i < length; ++i) grid.at(y * picture.width + x + i) = 0;
  }
  EXPECT_EQ(grid, picture.grey);
}

TEST(QrBounds, TI1_TextsAndScalesAreBounded) {
  EXPECT_TRUE(qr::png(std::string(qr::max_text_bytes, 'x'), qr::max_scale).has_value());
  EXPECT_TRUE(qr::svg("한글 \xff").has_value()) << "any bytes";
  EXPECT_EQ(qr::svg("").error().detail("field"), "text");
  EXPECT_EQ(qr::svg(std::string(qr::max_text_bytes + 1, 'x')).error().code, Errc::limit_exceeded);
  for (const std::int32_t scale : {0, -1, qr::max_scale + 1})
    EXPECT_EQ(qr::png("x", scale).error().detail("field"), "scale");
}

}  // namespace
}  // namespace tiketi::test
