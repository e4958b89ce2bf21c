import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';

/** A shorter one can be guessed, and redacting it from output would tell more than it hides. */
const MIN_LENGTH = 8;
/** Room for a key file, and well below what a variable of a command's environment may hold. */
const MAX_LENGTH = 16_384;

export class SecretRequest {
  @ApiProperty({
    minLength: MIN_LENGTH,
    maxLength: MAX_LENGTH,
    writeOnly: true,
    example: 'the-token-that-your-target-gave-you',
    description: 'Never shown again.',
  })
  @IsString()
  @Length(MIN_LENGTH, MAX_LENGTH)
  value!: string;
}
