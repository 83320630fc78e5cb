export interface ImageFile {
  readonly from?: string
  readonly text?: string
  readonly to: string
  readonly isExecutable?: boolean
  readonly but?: RegExp
}

export interface Image {
  readonly name: string
  readonly files: readonly ImageFile[]
  readonly settings: Readonly<Record<string, unknown>>
}

export function writeImage(file: string, image: Image): void
